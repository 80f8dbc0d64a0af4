import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { type Script, ScriptedLane } from '../scripted-lane.ts';

const tenants = ['acme', 'beta', 'gamma', 'delta'] as const;

const alone: fc.Arbitrary<Script> = fc.record({
  tenant: fc.oneof(fc.constant(tenants[0]), fc.constantFrom(...tenants)),
  estimate: fc.integer({ min: 0, max: 120 }),
  bytes: fc.integer({ min: 0, max: 120 }),
  prepareMs: fc.constantFrom(0, 0, 0, 5, 40, Number.POSITIVE_INFINITY),
  prepared: fc.constantFrom('ready', 'ready', 'ready', 'ready', 'filtered', 'throws'),
  gate: fc.constantFrom(undefined, undefined, 0, 1, 2),
  runMs: fc.constantFrom(0, 0, 3, 20, 200, Number.POSITIVE_INFINITY),
  outcome: fc.constantFrom('stored', 'stored', 'deduplicated', 'unknown', 'failed', 'throws'),
  again: fc.constantFrom(0, 0, 0, 1, 2),
  obeys: fc.boolean(),
  brings: fc.constant([]),
});

const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 5, arbitrary: alone },
  {
    weight: 1,
    arbitrary: fc
      .tuple(alone, fc.array(alone, { minLength: 1, maxLength: 4 }))
      .map(([first, brings]) => ({ ...first, brings })),
  },
);

type Step =
  | { readonly do: 'offer'; readonly script: Script; readonly count: number }
  | { readonly do: 'burst'; readonly scripts: readonly Script[] }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'flush' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('offer'), script, count: fc.constant(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('offer'),
      script,
      count: fc.integer({ min: 2, max: 40 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('burst'),
      scripts: fc.array(script, { minLength: 2, maxLength: 12 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 0, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush') }) },
);

const schedule = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  closeAfterMs: fc.constantFrom(0, 10, 400),
  limits: fc.record({
    maxCount: fc.integer({ min: 1, max: 40 }),
    maxBytes: fc.integer({ min: 50, max: 2000 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    deadlineMs: fc.integer({ min: 1, max: 80 }),
    maxAgeMs: fc.integer({ min: 1, max: 300 }),
    tenantShare: fc.constantFrom(0.25, 0.5, 1),
  }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** Plays a schedule to its end and looks at the lane after each step. */
async function play(
  { steps, limits, closeAfterMs }: Schedule,
  check: (lane: ScriptedLane) => void,
): Promise<ScriptedLane> {
  const clock = fakeClock();
  const scripted = new ScriptedLane(clock, limits);
  for (const one of steps) {
    if (one.do === 'offer') {
      for (let left = one.count; left > 0; left--) {
        scripted.offer(one.script);
        check(scripted);
      }
    } else if (one.do === 'burst') {
      for (const unseen of one.scripts) scripted.offerUnseen(unseen);
      if (scripted.taken.length % 2 === 0) await clock.advance(0);
    } else if (one.do === 'wait') {
      await clock.advance(one.ms);
    } else {
      void scripted.lane.flush(20);
    }
    check(scripted);
  }
  await clock.advance(closeAfterMs);
  const closing = scripted.lane.close(50);
  await clock.advance(60);
  await closing;
  check(scripted);
  return scripted;
}

const runs = { numRuns: 300 };

describe('a lane under any schedule of offers, outcomes, hangs and closes', () => {
  it('Promise 2 (conservation): counts each task once, at every moment and to the end', async () => {
    const property = fc.asyncProperty(schedule, async (given) => {
      const { lane } = await play(given, (scripted) => scripted.checkCounts());
      expect(lane.stats().pending).toBe(0);
    });
    await fc.assert(property, runs);
  }, 120_000);

  it('Promise 3 (boundedness): holds no more tasks, bytes, slots and shares than it may', async () => {
    const property = fc.asyncProperty(schedule, async (given) => {
      await play(given, (scripted) => scripted.checkBounds());
    });
    await fc.assert(property, runs);
  }, 120_000);
});
