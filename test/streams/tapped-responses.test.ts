import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
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

  describe('where a server has put a class of its own in the place of the global one', () => {
    const fetched = new Response('ab', { status: 201 });
    const Below = Response;
    class Global extends Response {}
    class Page extends Response {}

    afterEach(() => void vi.unstubAllGlobals());

    it('is what `fetch` gives, too', async () => {
      vi.stubGlobal('Response', Global);
      const { told, observer } = noting();
      const reply = tapResponse(fetched, observer)?.reply as Response;
      expect(reply).toMatchObject({ constructor: Global, status: 201 });
      expect(await reply.text()).toBe('ab');
      expect(told[0]).toBe('ab');
      expect(tapResponse(new Global('x'), observer)).toBeDefined();
    });

    it('is no other class, and nothing that only looks like one', () => {
      vi.stubGlobal('Response', Global);
      const { observer } = noting();
      expect(tapResponse(new Page('x'), observer)).toBeUndefined();
      const { status, headers, body, bodyUsed } = new Below('x');
      const alike = { status, headers, body, bodyUsed } as Response;
      expect(tapResponse(alike, observer)).toBeUndefined();
      const bare = Object.setPrototypeOf(Object.create(alike), null);
      expect(tapResponse(Object.assign(bare, alike), observer)).toBeUndefined();
    });
  });

  it('is no other class where the global one is of another realm, as under jest', () => {
    const foreign = runInNewContext('(class Response {})');
    vi.stubGlobal('Response', foreign);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(tapResponse(new Own('x'), noting().observer)).toBeUndefined();
  });

  it('is one that h3 sends faster, as a plain one', async () => {
    class Fast extends Response {
      _toNodeResponse(): undefined {
        return undefined;
      }
    }
    const { told, observer } = noting();
    const reply = tapResponse(new Fast('ab', { status: 201 }), observer)?.reply as Response;
    expect(reply).toMatchObject({ constructor: Response, status: 201 });
    expect(await reply.text()).toBe('ab');
    expect(told[0]).toBe('ab');
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
