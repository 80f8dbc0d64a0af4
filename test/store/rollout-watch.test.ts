import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import { RolloutWatch, type Watched } from '../../src/store/rollout-watch.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { stateOf } from '../../src/testing/stores/sample-trail.ts';

type Answer = RolloutState | Error | undefined;

/** A watch on answers that the test gives, and what was heard of it. */
function watching(pollMs = 1_000) {
  const clock = fakeClock();
  const asked: number[] = [];
  const heard: (number | string)[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  const newer = (version: number) => {
    asked.push(version);
    const { promise, resolve, reject } = Promise.withResolvers<RolloutState | undefined>();
    waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    return promise;
  };
  const watch = new RolloutWatch(
    { newer, pollMs, clock },
    {
      changed: ({ version }) => heard.push(version),
      failed: (error) => heard.push((error as Error).message),
    },
  );
  const answer = async (state: Answer): Promise<void> => {
    waiting.shift()?.(state);
    await clock.advance(0);
  };
  return { watch, clock, asked, heard, answer };
}

describe('a watch', () => {
  it('asks at once, and then every so often for what is above the newest that it knows', async () => {
    const { clock, asked, heard, answer } = watching();
    await answer(stateOf(3));
    await clock.advance(799);
    expect(asked).toEqual([0]);
    await clock.advance(401);
    expect(asked).toEqual([0, 3]);
    await answer(undefined);
    await clock.advance(1_200);
    expect(asked).toEqual([0, 3, 3]);
    expect(heard).toEqual([3]);
  });

  it.each([
    [0, 800],
    [0.5, 1_000],
    [1, 1_200],
  ])('asks a fifth sooner or later than it is told to, by a draw: %j', async (draw, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(draw);
    const { clock, asked, answer } = watching();
    await answer(undefined);
    await clock.advance(ms - 1);
    expect(asked).toHaveLength(1);
    await clock.advance(2);
    expect(asked).toHaveLength(2);
  });

  it('asks no sooner than a timer can wait, however seldom it is to ask', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.99);
    const { clock, answer } = watching(2 ** 31 - 1);
    const set = vi.spyOn(clock, 'setTimeout');
    await answer(undefined);
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
  });

  it('tells no version that is not above the last, whatever the store answers', async () => {
    const { clock, heard, answer } = watching();
    for (const version of [2, 1, 2, 5, 4]) {
      await answer(stateOf(version));
      await clock.advance(1_200);
    }
    expect(heard).toEqual([2, 5]);
  });

  it('tells that the store could not be asked, and asks it again', async () => {
    const { clock, heard, answer } = watching();
    await answer(new Error('no connection'));
    await clock.advance(1_200);
    await answer(stateOf(1));
    expect(heard).toEqual(['no connection', 1]);
  });

  it('looks at once when it is given a hint, and again when that comes during a look', async () => {
    const { watch, asked, answer } = watching();
    watch.hint();
    watch.hint();
    expect(asked).toHaveLength(1);
    await answer(undefined);
    expect(asked).toHaveLength(2);
    await answer(undefined);
    expect(asked).toHaveLength(2);
    watch.hint();
    expect(asked).toHaveLength(3);
  });

  it('is silent and leaves no timer once it is disposed, also in the middle of a look', async () => {
    const { watch, clock, asked, heard, answer } = watching();
    watch[Symbol.dispose]();
    await answer(stateOf(1));
    watch.hint();
    await clock.advance(5_000);
    expect([asked.length, heard, clock.pending]).toEqual([1, [], 0]);
    const failing = watching();
    failing.watch[Symbol.dispose]();
    await failing.answer(new Error('closed'));
    expect([failing.heard, failing.clock.pending]).toEqual([[], 0]);
  });

  it('leaves no timer once it is disposed between two looks', async () => {
    const { watch, clock, answer } = watching();
    await answer(stateOf(1));
    expect(clock.pending).toBe(1);
    watch[Symbol.dispose]();
    expect(clock.pending).toBe(0);
  });

  it('looks in the context of nobody, whoever has begun it or given a hint', async () => {
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const newer = async () => void seen.push(caller.getStore());
    const clock = fakeClock();
    const watched = { newer, pollMs: 1_000, clock } as unknown as Watched;
    const watch = caller.run('who began', () => new RolloutWatch(watched, { changed() {} }));
    await clock.advance(0);
    caller.run('who hinted', () => watch.hint());
    await clock.advance(2_000);
    watch[Symbol.dispose]();
    expect(seen.length).toBeGreaterThan(2);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});
