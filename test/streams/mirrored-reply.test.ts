import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Captured } from '../../src/router/replies/captured-reply.ts';
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
