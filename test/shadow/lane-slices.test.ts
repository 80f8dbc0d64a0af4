import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLane } from '../../src/shadow/lane/lane.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { jobLane } from './job-lane.ts';
import { recorder } from './recorder.ts';

interface World {
  /** Milliseconds that each takes of the event loop. */
  readonly prepareMs?: number;
  readonly runMs?: number;
  readonly isAsync?: boolean;
  /** Whether what is prepared has to be waited for. */
  readonly isLater?: boolean;
  /** When the gate of all tasks opens. */
  readonly opensAt?: number;
  readonly concurrency?: number;
}

/** A lane on a clock that its own work moves on, and how much of that work is done in each turn of the event loop. */
function setUp(count: number, world: World = {}) {
  const { prepareMs = 0, runMs = 0, isAsync = false, isLater = false } = world;
  const { opensAt = 0, concurrency = 1 } = world;
  const still = fakeClock();
  let worked = 0;
  const now = (): number => still.monotonic() + worked;
  const done = { prepared: 0, run: 0 };
  const gate = { limit: Number.POSITIVE_INFINITY, readyInMs: () => opensAt - still.monotonic() };
  const lane = createLane<string, string>({
    name: 'learn',
    options: { maxCount: 10_000, concurrency },
    clock: { ...still, monotonic: now },
    reporter: recorder([]),
    work: {
      tenantOf: (item) => item,
      sizeOf: () => 1,
      prepare: (item) => {
        worked += prepareMs;
        done.prepared += 1;
        const prepared = { ready: item, bytes: 1, gate: opensAt === 0 ? undefined : gate };
        return isLater ? Promise.resolve(prepared) : prepared;
      },
      run: () => {
        worked += runMs;
        done.run += 1;
        return isAsync ? Promise.resolve('stored') : 'stored';
      },
      ended: () => undefined,
    },
  });
  for (let n = 0; n < count; n += 1) lane.offer('acme');
  /** The most that was done in one turn. */
  const mostIn = async (turns: number, what: keyof typeof done): Promise<number> => {
    let most = 0;
    for (let left = turns; left > 0; left -= 1) {
      const before = done[what];
      await turn();
      most = Math.max(most, done[what] - before);
    }
    return most;
  };
  return { still, lane, done, mostIn };
}

it('a task has its own time from its own start, whatever quick ones came before it', async () => {
  const { lane, offer, finish, clock } = jobLane(
    { concurrency: 1, deadlineMs: 100 },
    { run: (job) => (job.tenant === 'q' ? 'stored' : hangs(job.name)) },
  );
  const ends = new Map<string, () => void>();
  function hangs(name: string): Promise<'stored'> {
    return new Promise((resolve) => ends.set(name, () => resolve('stored')));
  }
  offer(...Array.from({ length: 20 }, (_, n) => ({ tenant: 'q', name: `q${n}` })));
  await clock.advance(0);
  offer('a1', 'a2', 'a3');
  await clock.advance(0);
  for (const name of ['a1', 'a2']) {
    await clock.advance(80);
    ends.get(name)?.();
    await finish();
  }
  await clock.advance(99);
  expect(lane.stats()).toMatchObject({ ok: { stored: 22 }, timedOut: 0 });
  await clock.advance(1);
  expect(lane.stats()).toMatchObject({ timedOut: 1 });
});

describe('a lane leaves the event loop to others', () => {
  it('after half a millisecond of preparing', async () => {
    const { done, mostIn } = setUp(40, { prepareMs: 0.2, runMs: 0 });
    expect(await mostIn(60, 'prepared')).toBe(3);
    expect(done).toEqual({ prepared: 40, run: 40 });
  });

  it.each([
    ['that end at once', false],
    ['that end later', true],
  ])('after half a millisecond of starting tasks %s', async (_what, isAsync) => {
    for (const concurrency of [1, 4, 100]) {
      const { still, done, mostIn } = setUp(40, { runMs: 0.2, isAsync, opensAt: 50, concurrency });
      await still.advance(0);
      expect(done).toEqual({ prepared: 40, run: 0 });
      void still.advance(50);
      const most = await mostIn(100, 'run');
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(6);
      expect(done.run).toBe(40);
    }
  });

  it.each([
    ['prepared', { prepareMs: 0.3, runMs: 0.01 }],
    ['run', { prepareMs: 0, runMs: 0.2 }],
  ] as const)(
    'after as long, where what is %s slowly takes turns with what is quick',
    async (what, world) => {
      for (const concurrency of [2, 4, 100]) {
        const { done, mostIn } = setUp(200, {
          ...world,
          isAsync: true,
          isLater: true,
          concurrency,
        });
        expect(await mostIn(200, what)).toBeLessThanOrEqual(6);
        expect(done).toEqual({ prepared: 200, run: 200 });
      }
    },
  );

  it('after 1,024 tasks, even where time stands still, and goes on in the next turn', async () => {
    for (const isAsync of [false, true]) {
      const { still, lane, done, mostIn } = setUp(3_000, { isAsync, opensAt: 50 });
      for (let n = 0; n < 3; n += 1) await still.advance(0);
      expect(done).toEqual({ prepared: 3_000, run: 0 });
      void still.advance(50);
      expect(await mostIn(60, 'run')).toBeLessThanOrEqual(2 * 1_024);
      expect(done.run).toBe(3_000);
      expect(lane.stats()).toMatchObject({ pending: 0, running: 0 });
    }
  });

  it('after 1,024 preparations, even where time stands still', async () => {
    const { done, mostIn } = setUp(2_500);
    expect(await mostIn(30, 'prepared')).toBe(1_024);
    expect(done.run).toBe(2_500);
  });
});
