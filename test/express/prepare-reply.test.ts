import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { prepareReply } from '../../src/router/replies/prepare-reply.ts';
import { deferred } from './deferred.ts';

const failure = new Error('first');
const unsendable = { code: 'ERR_CUTOVER_UNSENDABLE_REPLY' };

async function* failing(): AsyncGenerator<string> {
  yield* [];
  throw failure;
}

describe('values that cannot be sent fail before anything is sent', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['functions', () => () => 'x'],
    ['symbols', () => Symbol('x')],
    ['big integers', () => 1n],
    ['what JSON cannot hold', () => circular],
    ['what JSON leaves out', () => ({ toJSON: () => undefined })],
    ['what streamText() gives', () => ({ toTextStreamResponse: () => new Response('x') })],
    ['error Responses', () => Response.error()],
    ['streams of objects', () => Readable.from([{ delta: 'x' }])],
    ['streams of nothing', () => new ReadableStream({ start: (c) => c.enqueue(undefined) })],
    [
      'locked streams',
      () => {
        const stream = new Blob(['x']).stream();
        stream.getReader();
        return stream;
      },
    ],
  ])('refuses %s', async (_, value) => {
    await expect(prepareReply(value())).rejects.toMatchObject(unsendable);
  });

  it('tells nothing of what JSON cannot hold, and keeps the error that says it', async () => {
    const error = await prepareReply(circular).catch((reason) => reason);
    expect(error.message).toMatch(/^The reply cannot be written as JSON: it holds itself/);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('rejects with the very error that was returned', async () => {
    await expect(prepareReply(failure)).rejects.toBe(failure);
  });

  it('refuses a Response whose body has been read', async () => {
    const response = new Response('x');
    await response.text();
    await expect(prepareReply(response)).rejects.toMatchObject(unsendable);
  });

  it.each<[string, () => unknown]>([
    ['an async iterable', failing],
    ['a Node stream', () => Readable.from(failing())],
    ['a web stream', () => ReadableStream.from(failing())],
    ['a Response', () => new Response(new ReadableStream({ start: (c) => c.error(failure) }))],
  ])('rejects with the very error of the first chunk of %s', async (_, value) => {
    await expect(prepareReply(value())).rejects.toBe(failure);
  });

  it('cancels a stream whose first chunk cannot be sent', async () => {
    const stream = Readable.from([{ delta: 'x' }]);
    await expect(prepareReply(stream)).rejects.toMatchObject(unsendable);
    expect(stream.destroyed).toBe(true);
  });
});

describe('waiting for the first chunk', () => {
  it('reads exactly one chunk ahead', async () => {
    let given = 0;
    async function* source(): AsyncGenerator<string> {
      for (;;) yield `${++given}`;
    }
    expect(await prepareReply(source())).toMatchObject({ kind: 'stream', first: '1' });
    expect(given).toBe(1);
  });

  it.each<[string, AbortSignal | undefined]>([
    ['that fires while it waits', undefined],
    ['that has fired before', AbortSignal.abort(failure)],
  ])('gives up on a signal %s, and cancels the stream', async (_, fired) => {
    const controller = new AbortController();
    const cancelled = deferred<void>();
    const stream = new ReadableStream({ cancel: () => cancelled.resolve() });
    const prepared = prepareReply(stream, { signal: fired ?? controller.signal });
    controller.abort(failure);
    await expect(prepared).rejects.toBe(failure);
    await cancelled.promise;
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    await prepareReply(new Response('x'), { signal });
    await prepareReply(failing(), { signal }).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
