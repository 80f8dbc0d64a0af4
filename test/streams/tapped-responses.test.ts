import { describe, expect, it } from 'vitest';
import { tapResponse } from '../../src/router/replies/tap-response.ts';
import { noting } from './tapped-web.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a Response that is observed', () => {
  it('is one with the same facts, whose body is told of', async () => {
    const { told, observer } = noting();
    const response = new Response('ab', {
      status: 201,
      statusText: 'Made',
      headers: { 'x-own': '1' },
    });
    Object.defineProperty(response, 'url', { value: 'https://x.test/', configurable: true });
    const tap = tapResponse(response, observer);
    const reply = tap?.reply as Response;
    expect(reply).toMatchObject({ status: 201, statusText: 'Made', url: 'https://x.test/' });
    expect([reply.headers.get('x-own'), reply.redirected, reply.type]).toEqual([
      '1',
      false,
      'default',
    ]);
    Object.defineProperty(reply, 'url', { value: 'https://y.test/' });
    expect(reply.url).toBe('https://y.test/');
    expect(await reply.text()).toBe('ab');
    expect(told[0]).toBe('ab');
  });

  it('keeps a reason phrase that only a fetched one can have', async () => {
    const response = new Response('ab');
    Object.defineProperty(response, 'statusText', { value: '成功', configurable: true });
    const { told, observer } = noting();
    const reply = tapResponse(response, observer)?.reply as Response;
    expect(reply.statusText).toBe('成功');
    expect(await reply.text()).toBe('ab');
    expect(told[0]).toBe('ab');
  });

  it('is left as it is with a status that only a fetched one can have', async () => {
    const response = new Response('ab');
    Object.defineProperty(response, 'status', { value: 999, configurable: true });
    expect(tapResponse(response, noting().observer)).toBeUndefined();
    expect(await response.text()).toBe('ab');
  });

  it('waits for its first chunk, and is abandoned, as its body', async () => {
    let cancelled = 0;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('a')),
      cancel: () => {
        cancelled += 1;
      },
    });
    const tap = tapResponse(new Response(body), noting().observer);
    expect(await tap?.first()).toBe(true);
    tap?.abandon();
    await turn();
    expect(cancelled).toBe(1);
  });

  class Own extends Response {}

  it.each<[string, () => Response | Promise<Response>]>([
    ['has no body', () => new Response(null)],
    ['is an error', () => Response.error()],
    ['is of a class of its own', () => new Own('x')],
    ['has a member of its own', () => Object.assign(new Response('x'), { id: 1 })],
    [
      'has been read',
      async () => {
        const response = new Response('x');
        await response.text();
        return response;
      },
    ],
    [
      'has a body that is someone else’s',
      () => {
        const response = new Response('x');
        response.body?.getReader();
        return response;
      },
    ],
  ])('is not one that %s', async (_why, make) => {
    expect(tapResponse(await make(), noting().observer)).toBeUndefined();
  });
});
