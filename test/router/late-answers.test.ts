import { describe, expect, it } from 'vitest';
import { live, pieces } from './live-world.ts';
import { nextTurn } from './world.ts';

const boom = new Error('candidate broke');

describe('a candidate that ends after legacy was asked in its place', () => {
  it.each<[string, (late: PromiseWithResolvers<unknown>) => void]>([
    ['with a text', ({ resolve }) => resolve('too late')],
    ['with an object', ({ resolve }) => resolve({ text: 'too late' })],
    ['with a stream', ({ resolve }) => resolve(pieces('too late'))],
    ['with a failure', ({ reject }) => reject(boom)],
  ])('%s is counted and told nowhere', async (_how, settle) => {
    const late = Promise.withResolvers<unknown>();
    const asked: unknown[] = [];
    const { handler, clock, fallbacks, served, stats } = live({
      candidate: () => late.promise as Promise<string>,
      fallback: {
        afterMs: 100,
        isFailure: (reply) => {
          asked.push(reply);
          return false;
        },
      },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    expect(await reply).toBe('legacy: hi');
    settle(late);
    await nextTurn();
    expect(asked).toEqual([]);
    expect(fallbacks).toMatchObject([{ why: 'timeout' }]);
    expect(served).toMatchObject([{ leg: 'legacy', fellBack: true }]);
    expect(stats()).toMatchObject({
      fallbacks: 1,
      served: { legacy: 1, candidate: 0 },
      failed: { legacy: 0, candidate: 0 },
    });
  });

  it('with a stream has that stream cancelled', async () => {
    const late = Promise.withResolvers<unknown>();
    let cancelled = false;
    const { handler, clock } = live({ candidate: () => late.promise as Promise<string> });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    await reply;
    late.resolve(
      new ReadableStream({
        cancel: () => {
          cancelled = true;
        },
      }),
    );
    await nextTurn();
    expect(cancelled).toBe(true);
  });
});
