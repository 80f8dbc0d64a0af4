import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { live, pieces, textOf } from './live-world.ts';
import { type chat, hangs, nextTurn } from './world.ts';

const breaks = async (): Promise<never> => {
  throw new Error('candidate broke');
};

describe('a stream whose first chunk is waited for', () => {
  it.each<[string, (stream: unknown) => unknown]>([
    ['at once', (stream) => stream],
    ['later', async (stream) => stream],
  ])('and that was returned %s has the same deadline', async (_when, give) => {
    const first = Promise.withResolvers<void>();
    async function* slow() {
      await first.promise;
      yield 'too late';
    }
    const { handler, clock, fallbacks, served, stats } = live({
      candidate: () => give(slow()) as Promise<string>,
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(99);
    expect(fallbacks).toEqual([]);
    await clock.advance(1);
    expect(await reply).toBe('legacy: hi');
    first.resolve();
    await nextTurn();
    expect(fallbacks).toMatchObject([{ why: 'timeout' }]);
    expect(served).toMatchObject([{ leg: 'legacy' }]);
    expect(stats()?.served).toEqual({ legacy: 1, candidate: 0 });
  });

  it('is past its deadline once that chunk is there', async () => {
    const { handler, clock, fallbacks } = live({
      candidate: (() => pieces('a', 'b')) as never,
    });
    const reply = await handler('u', 'hi');
    await nextTurn();
    await clock.advance(1000);
    expect(await textOf(reply)).toBe('ab');
    expect(fallbacks).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is timed by that chunk, and not by when its consumer comes for it', async () => {
    const { handler, clock, served, stats } = live({
      candidate: (async () => {
        await clock.advance(10);
        return pieces('a');
      }) as never,
    });
    const reply = await handler('u', 'hi');
    await clock.advance(40);
    expect(await textOf(reply)).toBe('a');
    expect(served).toMatchObject([{ firstChunkMs: 10, durationMs: 50 }]);
    expect(stats()?.firstChunk.candidate).toMatchObject({ count: 1, sumMs: 10 });
  });

  it.each<[string, () => unknown]>([
    ['a generator', () => pieces()],
    ['a stream', () => ReadableStream.from([])],
    ['a Response', () => new Response(ReadableStream.from([]))],
    ['a Node stream', () => Readable.from([])],
  ])('and that ends without one, %s, is replaced by legacy', async (_name, empty) => {
    const { handler, fallbacks } = live({ candidate: (async () => empty()) as never });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(fallbacks).toMatchObject([{ why: 'failure' }]);
  });

  it('and that has none by its status is served as it is', async () => {
    const accepted = () => new Response(ReadableStream.from([]), { status: 202 });
    const { handler, fallbacks } = live({ candidate: (async () => accepted()) as never });
    expect(await handler('u', 'hi')).toMatchObject({ status: 202 });
    expect(fallbacks).toEqual([]);
  });

  it('and that ends without one has no time to it where nothing may fall back', async () => {
    const when = () => false;
    const { handler, served } = live({
      candidate: (async () => pieces()) as never,
      fallback: { when },
    });
    expect(await textOf(await handler('u', 'hi'))).toBe('');
    expect(served).toMatchObject([{ leg: 'candidate', status: 'fulfilled' }]);
    expect(served[0]).not.toHaveProperty('firstChunkMs');
  });

  it('and that fails before it is replaced by legacy', async () => {
    async function* failing() {
      yield await breaks();
    }
    const { handler, fallbacks } = live({ candidate: (async () => failing()) as never });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(fallbacks).toMatchObject([{ why: 'error', error: { name: 'Error' } }]);
  });

  it.each<[string, Parameters<typeof chat>[1], boolean]>([
    ['the candidate has committed', {}, true],
    ['the app says never', { fallback: { when: 'never' } }, false],
  ])('is handed over at once where %s', async (_why, over, commits) => {
    async function* hanging() {
      yield await hangs();
    }
    const { handler } = live({
      candidate: (async (context: { commit(): void }) => {
        if (commits) context.commit();
        return hanging();
      }) as never,
      ...over,
    });
    const reply: unknown = await Promise.race([handler('u', 'hi'), nextTurn()]);
    expect(reply).toBeDefined();
  });
});
