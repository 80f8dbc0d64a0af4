import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { toReadable } from '../../src/router/adapters/fastify/to-readable.ts';
import { toReplySource } from '../../src/router/replies/reply-source.ts';

describe('a stream whose first chunk was read', () => {
  const sourceOf = (stream: object) => {
    const source = toReplySource(stream);
    if (source === undefined) throw new Error('no source');
    return source;
  };
  async function* pieces(...chunks: unknown[]) {
    for (const chunk of chunks) {
      if (chunk instanceof Error || typeof chunk === 'symbol') throw chunk;
      yield chunk;
    }
  }
  const textOf = async (readable: AsyncIterable<unknown>): Promise<string> => {
    let text = '';
    for await (const chunk of readable) text += String(chunk);
    return text;
  };

  it('gives that chunk first, and passes over empty ones', async () => {
    expect(await textOf(toReadable('a', sourceOf(pieces('b', '', Buffer.from('c')))))).toBe('abc');
    expect(await textOf(toReadable('', sourceOf(pieces('', 'b'))))).toBe('b');
    expect(await textOf(toReadable(undefined, sourceOf(pieces())))).toBe('');
  });

  it('fails with the error of its source, made one where it is none', async () => {
    const boom = new Error('broke');
    await expect(textOf(toReadable('a', sourceOf(pieces(boom))))).rejects.toBe(boom);
    const foreign: unknown = runInNewContext('new Error("broke elsewhere")');
    const failing = { next: () => Promise.reject(foreign), cancel: () => undefined };
    await expect(textOf(toReadable('a', failing))).rejects.toBe(foreign);
    const odd = Symbol('odd');
    await expect(textOf(toReadable('a', sourceOf(pieces(odd))))).rejects.toMatchObject({
      message: 'A reply stream failed.',
      cause: odd,
    });
  });

  it('is read one chunk ahead at most', async () => {
    let asked = 0;
    const readable = toReadable('a', {
      next: async () => {
        asked += 1;
        return 'b';
      },
      cancel: () => undefined,
    });
    readable.read(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(0);
    readable.destroy();
  });

  it('cancels its source when it is destroyed, and tells what for', async () => {
    let cancelled = 0;
    const readable = toReadable('a', {
      next: () => new Promise(() => undefined),
      cancel: () => {
        cancelled += 1;
      },
    });
    const told = new Promise((resolve) => readable.once('error', resolve));
    const boom = new Error('client left');
    readable.destroy(boom);
    expect(await told).toBe(boom);
    expect(cancelled).toBe(1);
  });
});
