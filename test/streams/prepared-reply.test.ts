import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { prepareReply, prepareWhole } from '../../src/router/replies/prepare-reply.ts';
import { streamKindOf } from '../../src/router/replies/stream-kind.ts';

const unsendable = { code: 'ERR_CUTOVER_UNSENDABLE_REPLY' };

type Stream = Extract<Awaited<ReturnType<typeof prepareReply>>, { kind: 'stream' }>;
const prepared = async (value: unknown, signal?: AbortSignal) =>
  (await prepareReply(value, { signal })) as Stream;

async function* pieces(...chunks: unknown[]) {
  yield* chunks;
}

describe('the head of a Response that is sent on', () => {
  const headOf = async (headers: Headers | Record<string, string>, more: object = {}) =>
    (await prepared(new Response('x', { ...more, headers }))).head;

  it('has its status, its reason, its headers and its cookies', async () => {
    const headers = new Headers({ 'x-own': 'yes', 'content-type': 'text/html' });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    expect(await headOf(headers, { status: 201, statusText: 'Made' })).toEqual({
      status: 201,
      statusText: 'Made',
      headers: [
        ['content-type', 'text/html'],
        ['x-own', 'yes'],
      ],
      cookies: ['a=1', 'b=2'],
    });
  });

  it.each<[string, object, readonly string[]]>([
    ['cookies', { 'set-cookie': ['a=1', 'b=2'] }, ['a=1', 'b=2']],
    ['none', {}, []],
  ])('is that of a Response of `node-fetch` with %s', async (_name, own, cookies) => {
    const headers = Object.assign(new Map([['x-own', 'yes']]), { raw: () => own });
    const { status, statusText } = new Response();
    const response = { status, statusText, headers, body: pieces('x'), bodyUsed: false };
    const { head, first } = await prepared({ ...response, [Symbol.toStringTag]: 'Response' });
    expect(head).toEqual({ status, statusText, headers: [['x-own', 'yes']], cookies });
    expect(first).toBe('x');
  });

  it.each([
    'connection',
    'content-encoding',
    'content-length',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])('has nothing of its connection and its encoding: no %s', async (name) => {
    const head = await headOf({ [name]: 'x', 'x-own': 'yes' });
    expect(head?.headers.map(([own]) => own)).toEqual(['content-type', 'x-own']);
  });

  it.each(['x-hop', 'X-HOP', 'x-hop,x-other', 'close , X-Hop', 'close,x-hop ,x-other'])(
    'has nothing that its connection names: %j',
    async (connection) => {
      const head = await headOf({ connection, 'x-hop': '1', 'x-own': 'yes' });
      expect(head?.headers.map(([own]) => own)).toEqual(['content-type', 'x-own']);
    },
  );

  it('is not held up by a row of blanks in what its connection names', async () => {
    const connection = `close${' '.repeat(60_000)}x , x-hop`;
    const before = process.cpuUsage();
    const head = await headOf({ connection, 'x-hop': '1', 'x-own': 'yes' });
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    expect(head?.headers.map(([name]) => name)).toEqual(['content-type', 'x-own']);
  });
});

describe('a Response', () => {
  it('without a body is a stream of nothing', async () => {
    expect(await prepared(new Response(null, { status: 204 }))).toMatchObject({
      kind: 'stream',
      head: { status: 204, statusText: '', headers: [], cookies: [] },
      first: undefined,
      source: undefined,
    });
  });

  it('that is an error is refused', async () => {
    await expect(prepareReply(Response.error())).rejects.toThrow('The reply is an error Response.');
  });

  it.each<[string, (response: Response) => unknown]>([
    ['has been read', (response) => response.text()],
    ['is someone else’s', (response) => response.body?.getReader()],
  ])('whose body %s is refused', async (_why, use) => {
    const response = new Response('x');
    await use(response);
    await expect(prepareReply(response)).rejects.toThrow(
      "The reply is a Response whose body has been read or is someone else's.",
    );
  });
});

describe('a whole value', () => {
  it.each<[unknown, unknown]>([
    ['text', { kind: 'text', body: 'text' }],
    ['', { kind: 'text', body: '' }],
    [Buffer.from('ab'), { kind: 'bytes', body: Buffer.from('ab') }],
    [Buffer.from('xab').subarray(1), { kind: 'bytes', body: Buffer.from('ab') }],
    [new Uint8Array([97]), { kind: 'bytes', body: Buffer.from('a') }],
    [new Uint8Array([97]).buffer, { kind: 'bytes', body: Buffer.from('a') }],
    [new DataView(new Uint8Array([97, 98]).buffer, 1), { kind: 'bytes', body: Buffer.from('b') }],
    [{ a: 1 }, { kind: 'json', body: { a: 1 } }],
    [['a'], { kind: 'json', body: ['a'] }],
    [null, { kind: 'json', body: null }],
    [7, { kind: 'json', body: 7 }],
    [false, { kind: 'json', body: false }],
  ])('is what it is: %o', async (value, expected) => {
    expect(prepareWhole(value)).toEqual(expected);
    expect(await prepareReply(value)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [() => 1, 'function'],
    [Symbol('x'), 'symbol'],
  ])('is refused where nothing can be sent of it: %o', async (value, type) => {
    expect(() => prepareWhole(value)).toThrow(`The reply is nothing that can be sent: ${type}.`);
    await expect(prepareReply(value)).rejects.toMatchObject(unsendable);
  });

  it('is none where it comes in pieces', () => {
    expect([pieces(), new ReadableStream(), new Response('x')].map(prepareWhole)).toEqual(
      Array(3).fill(undefined),
    );
  });
});

describe('a stream', () => {
  it.each([undefined, new AbortController().signal])(
    'is prepared when its first chunk is there, with a signal or without (%#)',
    async (signal) => {
      const reply = await prepared(pieces('a', 'b'), signal);
      expect(reply).toMatchObject({ kind: 'stream', head: undefined, first: 'a' });
      expect([await reply.source?.next(), await reply.source?.next()]).toEqual(['b', undefined]);
      expect(await prepared(pieces(), signal)).toMatchObject({
        kind: 'stream',
        first: undefined,
      });
      await expect(prepareReply(pieces({ a: 1 }), { signal })).rejects.toMatchObject(unsendable);
    },
  );

  it('is given up by its signal, and cancelled', async () => {
    for (const isLate of [true, false]) {
      const over = new AbortController();
      let cancelled = 0;
      const hanging = new ReadableStream({
        cancel: () => {
          cancelled += 1;
        },
      });
      if (!isLate) over.abort('left');
      const reply = prepareReply(hanging, { signal: over.signal });
      if (isLate) over.abort('left');
      await expect(reply).rejects.toBe('left');
      expect(cancelled).toBe(1);
    }
  });

  it('leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    await prepareReply(pieces('a'), { signal });
    await prepareReply(pieces({}), { signal }).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the kind of a stream', () => {
  const iterates = { [Symbol.asyncIterator]: () => undefined };
  const yes = () => undefined;

  it.each<[object, string | undefined]>([
    [{ getReader: yes }, 'web'],
    [{ getReader: yes, ...iterates }, 'web'],
    [{ getReader: true }, undefined],
    [iterates, 'iterable'],
    [{ ...iterates, pipe: yes, on: yes, emit: yes }, 'node'],
    [{ ...iterates, on: yes, emit: yes }, 'iterable'],
    [{ ...iterates, pipe: yes, emit: yes }, 'iterable'],
    [{ ...iterates, pipe: yes, on: yes }, 'iterable'],
    [{ pipe: yes, on: yes, emit: yes }, undefined],
    [new Response('x'), 'response'],
    [{ headers: new Headers(), status: 200 }, undefined],
    [{ [Symbol.toStringTag]: 'Response' }, undefined],
    [{}, undefined],
  ])('of value %# is %s', (value, kind) => {
    expect(streamKindOf(value)).toBe(kind);
  });

  it('is none of a value that does not let itself be looked at', () => {
    const get = (): never => {
      throw new Error('no look');
    };
    expect(streamKindOf(new Proxy({}, { get }))).toBeUndefined();
  });
});
