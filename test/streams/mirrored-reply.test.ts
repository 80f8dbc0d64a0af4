import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Captured } from '../../src/router/replies/captured-reply.ts';
import { EventRecording } from '../../src/router/replies/event-recording.ts';
import { exchangeView } from '../../src/router/replies/exchange-view.ts';
import { mirroredReply } from '../../src/router/replies/mirrored-reply.ts';
import { mirroredStream } from '../../src/router/replies/mirrored-stream.ts';

async function* pieces(...chunks: unknown[]) {
  yield* chunks;
}
const boom = new Error('stream broke');
async function* breaking() {
  yield 'a';
  throw boom;
}

/** What is kept of a reply of a leg in the shadow, by each of the two ways of reading one. */
const ways = {
  'as a framework would send it': (value: unknown, signal: AbortSignal, maxBytes?: number) =>
    mirroredReply(value, { signal }, maxBytes),
  'as it was returned': (value: unknown, signal: AbortSignal, maxBytes = 1000) =>
    mirroredStream(value, () => signal, maxBytes),
} as const;

const never = (): AbortSignal => new AbortController().signal;
const bodyOf = (kept: unknown): string => Buffer.concat((kept as Captured).chunks).toString();

describe.each(Object.entries(ways))('a reply in the shadow, read %s', (_way, read) => {
  it.each<[unknown]>([['text'], [''], [7], [null], [{ text: 'a' }], [Buffer.from('a')], [['a']]])(
    'is itself where it is whole: %o',
    async (value) => {
      expect(await read(value, never())).toBe(value);
    },
  );

  it.each<[string, () => unknown]>([
    ['an async iterable', () => pieces('a', '', 'b')],
    ['a ReadableStream', () => ReadableStream.from(['a', 'b'])],
    ['a Node stream', () => Readable.from([Buffer.from('a'), Buffer.from('b')])],
    ['a Response', () => new Response('ab')],
    ['a Response in pieces', () => new Response(ReadableStream.from([Buffer.from('ab')]))],
  ])('is its body where it is %s', async (_what, make) => {
    const kept = await read(make(), never());
    expect(kept).toMatchObject({ method: 'GET', status: 200, truncated: false });
    expect(kept).toMatchObject({ contentLength: undefined });
    expect(bodyOf(kept)).toBe('ab');
  });

  it('has the status and the type of a Response', async () => {
    const reply = new Response('{}', { status: 201, headers: { 'content-type': 'a/json' } });
    expect(await read(reply, never())).toMatchObject({ status: 201, contentType: 'a/json' });
  });

  it.each<[number, string]>([
    [4, 'abcd'],
    [3, ''],
    [1, ''],
  ])('is kept whole or not at all within %i bytes', async (maxBytes, body) => {
    let left = false;
    async function* source() {
      try {
        yield 'ab';
        yield 'cd';
      } finally {
        left = true;
      }
    }
    const kept = await read(source(), never(), maxBytes);
    expect(kept).toMatchObject({ truncated: body === '' });
    expect(bodyOf(kept)).toBe(body);
    expect(left).toBe(true);
  });

  it('is no longer read once it is too large', async () => {
    const given: string[] = [];
    const source = new ReadableStream(
      {
        pull: (controller) => {
          given.push('ab');
          controller.enqueue(Buffer.from('ab'));
        },
        cancel: () => void given.push('cancelled'),
      },
      { highWaterMark: 0 },
    );
    expect(await read(source, never(), 5)).toMatchObject({ truncated: true });
    expect(given).toEqual(['ab', 'ab', 'ab', 'cancelled']);
  });

  it('fails as the stream does', async () => {
    await expect(read(breaking(), never())).rejects.toBe(boom);
  });

  it('is given up when its time is over, and the stream is told', async () => {
    const over = new AbortController();
    let cancelled = 0;
    const begun = Promise.withResolvers<void>();
    const hanging = new ReadableStream(
      {
        start: (controller) => controller.enqueue(Buffer.from('a')),
        pull: () => {
          begun.resolve();
          return new Promise(() => undefined);
        },
        cancel: () => {
          cancelled += 1;
        },
      },
      { highWaterMark: 0 },
    );
    const reading = read(hanging, over.signal).then(
      (kept) => bodyOf(kept),
      (error: unknown) => error,
    );
    await begun.promise;
    over.abort(boom);
    await reading;
    expect(cancelled).toBe(1);
    expect(getEventListeners(over.signal, 'abort')).toEqual([]);
  });

  it('is not begun where its time is over already', async () => {
    let cancelled = 0;
    const source = new ReadableStream({
      cancel: () => {
        cancelled += 1;
      },
    });
    await read(source, AbortSignal.abort(boom)).catch(() => undefined);
    expect(cancelled).toBe(1);
  });

  it('that does not let itself be cancelled ends with the reason all the same', async () => {
    const over = new AbortController();
    const stubborn = {
      [Symbol.asyncIterator]: () => ({
        count: 0,
        async next() {
          this.count += 1;
          if (this.count === 3) over.abort(boom);
          return { done: false, value: 'a' };
        },
      }),
    };
    await expect(read(stubborn, over.signal)).rejects.toBe(boom);
  });

  it('leaves no listener on the signal of its run', async () => {
    const signal = never();
    await read(pieces('a', 'b'), signal);
    await read(breaking(), signal).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a reply that a framework would send', () => {
  it.each<[string, () => unknown, unknown]>([
    ['text in pieces', () => pieces('a'), 'text/plain'],
    ['bytes in pieces', () => pieces(Buffer.from('a')), undefined],
    ['no piece at all', () => pieces(), undefined],
    ['a Response of bytes', () => new Response(Buffer.from('a')), undefined],
  ])('has a type where it is %s', async (_what, make, contentType) => {
    expect(await mirroredReply(make(), { signal: never() })).toMatchObject({ contentType });
  });

  it.each<[string, () => unknown]>([
    ['an empty stream', () => pieces()],
    ['a Response without a body', () => new Response(null, { status: 204 })],
  ])('has nothing where it is %s', async (_what, make) => {
    expect(await mirroredReply(make(), { signal: never() })).toMatchObject({
      chunks: [],
      truncated: false,
    });
  });

  it.each<[string, unknown]>([
    ['what cannot be sent', undefined],
    ['a stream of objects', pieces({ text: 'a' })],
    ['an error Response', Response.error()],
  ])('fails as serving it would where it is %s', async (_what, value) => {
    await expect(mirroredReply(value, { signal: never() })).rejects.toThrow(TypeError);
  });

  it('asks for no signal where the reply is whole', async () => {
    const run = {
      get signal(): AbortSignal {
        throw boom;
      },
    };
    expect(await mirroredReply('text', run)).toBe('text');
  });

  it('is kept up to 256 KiB', async () => {
    for (const [size, truncated] of [
      [262_144, false],
      [262_145, true],
    ] as const) {
      const kept = await mirroredReply(pieces(Buffer.alloc(size)), { signal: never() });
      expect(kept).toMatchObject({ truncated });
    }
  });
});

describe('a reply as it was returned', () => {
  it('may be a stream of objects, whose text is kept', async () => {
    const kept = await mirroredStream(pieces({ text: 'a' }, { text: 'b' }), never, 1000);
    expect(kept).toBeInstanceOf(EventRecording);
    expect(exchangeView(kept, undefined)).toEqual({ text: 'ab' });
    expect(exchangeView(kept, (text) => ({ text: `seen ${text}` }))).toEqual({ text: 'seen ab' });
  });

  it.each<[string, unknown]>([
    ['a Response without a body', new Response(null)],
    ['a look-alike of a Response', { status: 200, headers: new Headers(), body: null }],
  ])('is itself where it is %s', async (_what, value) => {
    expect(await mirroredStream(value, never, 1000)).toBe(value);
  });

  it('asks for no signal where there is no stream', async () => {
    const signal = (): never => {
      throw boom;
    };
    expect(await mirroredStream({ text: 'a' }, signal, 1000)).toEqual({ text: 'a' });
  });

  it('is read as its own view reads it, once its text is known', () => {
    const text = (value: unknown) => ({ text: `view of ${JSON.stringify(value)}` });
    expect(exchangeView('plain', undefined)).toEqual({ text: 'plain' });
    expect(exchangeView({ a: 1 }, text)).toEqual({ text: 'view of {"a":1}' });
    expect(exchangeView({ a: 1 }, undefined)).toBeUndefined();
  });
});
