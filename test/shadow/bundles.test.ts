import { describe, expect, it, vi } from 'vitest';
import type { LaneOptions } from '../../src/core/contracts/lane.ts';
import { type BundleResult, Company, type Gate, type LaneWork } from '../../src/shadow/work.ts';
import { type Job, jobLane } from './job-lane.ts';

type Together = NonNullable<LaneWork<Job, Job>['runTogether']>;

/** A lane whose jobs all go through one gate, three at a time, and what went together. */
function bundlingLane(answer: Together, options: LaneOptions = {}) {
  const bundles: string[][] = [];
  const errors: unknown[] = [];
  const gate: Gate = {
    limit: 1,
    readyInMs: () => 0,
    bundles: { maxCount: 3, maxLoad: 100, gatherMs: 0 },
  };
  const world = jobLane(options, {
    prepare: (job) => ({ ready: job, bytes: 1, load: 1, gate }),
    runTogether: (jobs, handle) => {
      bundles.push(jobs.map(({ name }) => name));
      return answer(jobs, handle);
    },
    ended: ({ name }, ending, error) => {
      world.ended.push([name, ending]);
      errors.push(error);
    },
  });
  return { ...world, bundles, errors };
}

const all = (result: BundleResult) => async (jobs: readonly Job[]) => jobs.map(() => result);

describe('what runs in one bundle', () => {
  it('has a result for each, in their order', async () => {
    const { lane, offer, clock, bundles, ended } = bundlingLane(async () => [
      'stored',
      'deduplicated',
      'failed',
    ]);
    offer('a1', 'b1', 'c1');
    await clock.advance(0);
    expect(bundles).toEqual([['a1', 'b1', 'c1']]);
    expect(ended).toEqual([
      ['a1', 'stored'],
      ['b1', 'deduplicated'],
      ['c1', 'failed'],
    ]);
    expect(lane.stats()).toMatchObject({ running: 0, pending: 0, bytes: 0 });
  });

  it('takes one slot', async () => {
    const { lane, offer, clock } = bundlingLane(() => new Promise(() => undefined));
    offer('a1', 'b1', 'c1');
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ running: 1, pending: 3 });
  });

  const broken = new Error('broken');
  it.each([
    ['throws', () => raise(broken), broken],
    ['rejects', () => Promise.reject(broken), broken],
    ['answers with too little', async () => [], undefined],
  ] as const)('fails as a whole where its work %s', async (_how, answer, error) => {
    const { lane, offer, clock, errors } = bundlingLane(answer as Together);
    offer('a1', 'b1');
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ failed: 2, running: 0, pending: 0 });
    expect(errors).toEqual([error, error]);
    offer('a2');
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ failed: 3 });
  });

  it('fails where there is no work for bundles', async () => {
    const gate: Gate = {
      limit: 1,
      readyInMs: () => 0,
      bundles: { maxCount: 3, maxLoad: 100, gatherMs: 0 },
    };
    const errors: unknown[] = [];
    const ended = (_job: Job, _ending: unknown, error: unknown) => errors.push(error);
    const { lane, offer, clock } = jobLane({}, { ended });
    offer({ tenant: 'a', name: 'a1', gate });
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ failed: 1, running: 0, pending: 0 });
    expect(errors).toEqual([undefined]);
  });

  it('goes again in its own order, before what came later', async () => {
    let rounds = 0;
    const { offer, clock, bundles } = bundlingLane((jobs) =>
      all(rounds++ === 0 ? 'again' : 'stored')(jobs),
    );
    offer('a1', 'a2', 'a3', 'a4');
    await clock.advance(0);
    expect(bundles).toEqual([['a1', 'a2', 'a3'], ['a1', 'a2', 'a3'], ['a4']]);
  });

  it('goes again with whatever else is there', async () => {
    let rounds = 0;
    const { offer, clock, bundles } = bundlingLane(async (jobs) => {
      rounds += 1;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
      return all(rounds === 1 ? 'again' : 'stored')(jobs);
    });
    offer('a1', 'b1');
    await clock.advance(5);
    offer('c1');
    await clock.advance(5);
    expect(bundles[0]).toEqual(['a1', 'b1']);
    expect(bundles[1]?.toSorted()).toEqual(['a1', 'b1', 'c1']);
  });

  it('goes again with its company alone', async () => {
    const company = new Company();
    let rounds = 0;
    const { offer, clock, bundles } = bundlingLane(async (jobs) =>
      jobs.map((_, place) => (rounds++ < 3 && place !== 1 ? company : 'stored')),
    );
    offer('a1', 'a2', 'a3', 'a4');
    await clock.advance(0);
    expect(bundles).toEqual([['a1', 'a2', 'a3'], ['a1', 'a3'], ['a4']]);
  });

  it('is given up as a whole at its deadline, and holds one slot until it comes back', async () => {
    const result = Promise.withResolvers<readonly BundleResult[]>();
    const { lane, offer, clock, reporter, ended } = bundlingLane(() => result.promise, {
      concurrency: 2,
      deadlineMs: 100,
    });
    offer('a1', 'b1', 'c1');
    await clock.advance(100);
    expect(ended.map(([, ending]) => ending)).toEqual(Array(3).fill('timedOut'));
    expect(lane.stats()).toMatchObject({ running: 1, pending: 0, bytes: 3 });
    // One of two slots is held: the lane can go on.
    expect(reporter.of('delivery')).toEqual([]);
    result.resolve(['stored', 'stored', 'stored']);
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ timedOut: 3, ok: { stored: 0 }, running: 0, bytes: 0 });
    expect(ended).toHaveLength(3);
  });
});

it('a lane is stuck while a bundle that was given up holds its last slot, each time anew', async () => {
  let answer: (results: BundleResult[]) => void = () => undefined;
  const { offer, clock, reporter } = bundlingLane(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    { concurrency: 1, deadlineMs: 100 },
  );
  for (let round = 0; round < 2; round += 1) {
    offer('a1', 'b1', 'c1');
    await clock.advance(100);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(
      Array(round + 1)
        .fill(['stuck', 'resumed'])
        .flat()
        .slice(0, -1),
    );
    answer([]);
    await clock.advance(0);
    expect(reporter.of('delivery').at(-1)?.state).toBe('resumed');
  }
});

describe('what runs alone', () => {
  it.each([
    ['at once', () => 'stored' as const, 'stored'],
    ['later', async () => 'unknown' as const, 'unknown'],
    ['by throwing', () => raise(new Error('broken')), 'failed'],
    ['by rejecting', async () => raise(new Error('broken')), 'failed'],
  ])('may end %s', async (_how, run, ending) => {
    const told = vi.fn();
    const { lane, offer, clock } = jobLane({}, { run, ended: told });
    offer('a1', 'a2');
    await clock.advance(0);
    const error = ending === 'failed' ? new Error('broken') : undefined;
    expect(told.mock.calls).toEqual(
      ['a1', 'a2'].map((name) => [{ tenant: 'a', name }, ending, error]),
    );
    expect(lane.stats()).toMatchObject({ running: 0, pending: 0 });
  });
});

function raise(error: Error): never {
  throw error;
}
