import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isStream, toReplySource, toSource } from '../../src/router/replies/reply-source.ts';

const pieces = ['a', 'b'];
async function* generate() {
  yield* pieces;
}

/** A source of this value, which has to be one. */
function sourceOf(value: object) {
  const source = toReplySource(value);
  if (source === undefined) throw new Error('no source');
  return source;
}

async function read(value: object): Promise<unknown[]> {
  const source = sourceOf(value);
  const chunks: unknown[] = [];
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next())
    chunks.push(chunk);
  return chunks;
}

const boom = new Error('stream broke');

describe('a stream that is read by us', () => {
  it.each<[string, () => object]>([
    ['a generator', generate],
    ['a ReadableStream', () => ReadableStream.from(pieces)],
    ['a Readable', () => Readable.from(pieces)],
  ])('may be %s', async (_what, make) => {
    expect(isStream(make())).toBe(true);
    expect((await read(make())).map(String)).toEqual(pieces);
  });

  it.each<[string, object]>([
    ['an object', {}],
    ['a list', ['a']],
    ['what has a reader that is no function', { getReader: true }],
    ['what has an iterator that is no function', { [Symbol.asyncIterator]: 'no' }],
  ])('is not %s', (_what, value) => {
    expect(isStream(value)).toBe(false);
    expect(toReplySource(value)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['bytes', new Uint8Array([97, 98]), 'ab'],
    ['a part of a buffer', Buffer.from('xab').subarray(1), 'ab'],
    ['words', new Uint16Array([0x6261]), 'ab'],
    ['an ArrayBuffer', new Uint8Array([97, 98]).buffer, 'ab'],
    ['a text', 'ab', 'ab'],
    ['an empty text', '', ''],
  ])('may hold %s', async (_what, chunk, text) => {
    expect((await read(ReadableStream.from([chunk]))).map(String)).toEqual([text]);
  });

  it.each([7, null, { text: 'a' }, ['a'], true])(
    'may not hold %j, and is cancelled then',
    async (chunk) => {
      const cancelled: unknown[] = [];
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(chunk),
        cancel: () => void cancelled.push('cancelled'),
      });
      await expect(sourceOf(stream).next()).rejects.toThrow(
        'A reply stream gave a chunk that is neither text nor bytes: give the text of its events, as toTextStream() of the Agents SDK does, or a Response of server-sent events, as createUIMessageStreamResponse() of the AI SDK makes one.',
      );
      expect(cancelled).toEqual(['cancelled']);
    },
  );

  it('may hold chunks of any kind, where those are asked for', async () => {
    const source = toSource(ReadableStream.from([{ id: 1 }]), (chunk) => ({ chunk }));
    expect(await source?.next()).toEqual({ chunk: { id: 1 } });
    expect(await source?.next()).toBeUndefined();
  });

  it('fails with what it fails with', async () => {
    const failing = new ReadableStream({ start: (controller) => controller.error(boom) });
    await expect(sourceOf(failing).next()).rejects.toBe(boom);
  });
});

/** An iterable that notes how it was left. */
function leaving(more: object = {}) {
  const left: string[] = [];
  const value = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: 'a' }),
      return: async () => {
        left.push('return');
        return { done: true, value: undefined };
      },
    }),
    ...more,
  };
  return { value, left };
}

describe('a stream that nobody reads on', () => {
  it('is cancelled once, by its iterator', async () => {
    const { value, left } = leaving();
    const source = sourceOf(value);
    await source.next();
    source.cancel();
    source.cancel();
    expect(left).toEqual(['return']);
  });

  it('is destroyed where it is a Node stream', async () => {
    const readable = Readable.from(pieces);
    const source = sourceOf(readable);
    await source.next();
    source.cancel();
    expect(readable.destroyed).toBe(true);
  });

  it.each<[string, (left: string[]) => object]>([
    ['a destroy alone', (left) => ({ destroy: () => left.push('destroy') })],
    ['a pipe alone', () => ({ pipe: () => undefined })],
  ])('is left by its iterator where it has %s', async (_what, more) => {
    const noted: string[] = [];
    const { value, left } = leaving(more(noted));
    sourceOf(value).cancel();
    expect([noted, left]).toEqual([[], ['return']]);
  });

  it('is not cancelled once it has ended', async () => {
    const left: string[] = [];
    const value = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }),
        return: async () => {
          left.push('return');
          return { done: true, value: undefined };
        },
      }),
    };
    const source = sourceOf(value);
    expect(await source.next()).toBeUndefined();
    source.cancel();
    expect(left).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['cannot be left', undefined],
    [
      'throws when it is left',
      () => {
        throw boom;
      },
    ],
    [
      'rejects when it is left',
      async () => {
        throw boom;
      },
    ],
  ])('troubles nobody when it %s', async (_how, end) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const value = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'a' }),
        return: end,
      }),
    };
    expect(() => sourceOf(value).cancel()).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
