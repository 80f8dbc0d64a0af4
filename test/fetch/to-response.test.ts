import { describe, expect, it } from 'vitest';
import { streamedResponse, wholeResponse } from '../../src/router/adapters/fetch/to-response.ts';

const { signal } = new AbortController();
async function* pieces(...chunks: unknown[]) {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield chunk;
  }
}
/** As fetch() gives one: with the address that it came from. */
const fetched = (response: Response): Response =>
  Object.defineProperty(response, 'url', { value: 'https://x.test/' });
const typeOf = (response: Response | undefined) => response?.headers.get('content-type');

describe('a whole value as a Response', () => {
  it.each<[string, unknown, string, string]>([
    ['a text', 'é', 'é', 'text/plain;charset=UTF-8'],
    ['an empty text', '', '', 'text/plain;charset=UTF-8'],
    ['bytes', Buffer.from('ab'), 'ab', 'application/octet-stream'],
    ['what JSON can hold', { a: 1 }, '{"a":1}', 'application/json'],
    ['null', null, 'null', 'application/json'],
  ])('is made of %s', async (_what, value, text, type) => {
    for (const response of [wholeResponse(value), await streamedResponse(value, { signal })]) {
      expect(response?.status).toBe(200);
      expect(typeOf(response)).toBe(type);
      expect(await response?.text()).toBe(text);
    }
  });

  it('is the very same where the app made it', () => {
    const made = [
      new Response('x'),
      new Response(null, { status: 204 }),
      new Response('', { status: 200 }),
    ];
    expect(made.map(wholeResponse)).toEqual(made);
    made.forEach((response) => {
      expect(wholeResponse(response)).toBe(response);
    });
  });

  it.each<[string, () => unknown]>([
    ['was fetched', () => fetched(new Response('x'))],
    ['is an error', () => Response.error()],
    [
      'is someone else’s',
      () => {
        const response = new Response('x');
        response.body?.getReader();
        return response;
      },
    ],
    ['is a stream', () => pieces('a')],
  ])('is not there yet where it %s', (_why, make) => {
    expect(wholeResponse(make())).toBeUndefined();
  });

  it('is not there yet where its body was read', async () => {
    const response = new Response('x');
    await response.text();
    expect(wholeResponse(response)).toBeUndefined();
  });
});

describe('a stream as a Response', () => {
  it.each<[string, unknown[], string, string]>([
    ['texts', ['a', 'é'], 'aé', 'text/plain;charset=UTF-8'],
    ['bytes', [Buffer.from('a'), Buffer.from('b')], 'ab', 'application/octet-stream'],
    ['text and then bytes', ['a', Buffer.from('b')], 'ab', 'text/plain;charset=UTF-8'],
    ['nothing', [], '', 'application/octet-stream'],
  ])('is made of %s', async (_what, chunks, text, type) => {
    const response = await streamedResponse(pieces(...chunks), { signal });
    expect([response.status, typeOf(response)]).toEqual([200, type]);
    expect(await response.text()).toBe(text);
  });

  it('has no body where there is nothing', async () => {
    expect((await streamedResponse(pieces(), { signal })).body).toBeNull();
  });

  it('has what a fetched one had, without what told of its connection', async () => {
    const headers = new Headers({
      'x-own': 'yes',
      'content-encoding': 'gzip',
      'content-length': '9',
    });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    const given = fetched(new Response('body', { status: 201, statusText: 'Made', headers }));
    const response = await streamedResponse(given, { signal });
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-own', 'yes'],
    ]);
    expect(await response.text()).toBe('body');
  });

  it('has no body where a fetched one had none', async () => {
    const response = await streamedResponse(fetched(new Response(null, { status: 204 })), {
      signal,
    });
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('is read when, and only when, its consumer reads', async () => {
    let asked = 0;
    async function* counting() {
      for (;;) {
        asked += 1;
        yield 'a';
      }
    }
    const response = await streamedResponse(counting(), { signal });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    await response.body?.cancel();
  });

  it('is left by who cancels it', async () => {
    let isLeft = false;
    async function* leaving() {
      try {
        yield 'a';
        yield 'b';
      } finally {
        isLeft = true;
      }
    }
    const response = await streamedResponse(leaving(), { signal });
    await response.body?.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isLeft).toBe(true);
  });

  it('fails midway as its source does', async () => {
    const boom = new Error('broke');
    const response = await streamedResponse(pieces('a', boom), { signal });
    await expect(response.text()).rejects.toBe(boom);
  });
});
