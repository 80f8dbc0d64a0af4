import { describe, expect, it } from 'vitest';
import type { LaneOptions } from '../../../src/core/contracts/lane.ts';
import type { LaneWork, Prepared } from '../../../src/shadow/work.ts';
import { type Job, jobLane } from '../job-lane.ts';

type Result = Awaited<ReturnType<LaneWork<Job, Job>['prepare']>>;

/** A lane whose preparations end when they are told to. */
function slowLane(options: LaneOptions = {}, work: Partial<LaneWork<Job, Job>> = {}) {
  const begun: string[] = [];
  const discarded: (string | undefined)[] = [];
  const waiting = new Map<string, PromiseWithResolvers<Result>>();
  const world = jobLane(options, {
    prepare: ({ name }) => {
      begun.push(name);
      const result = Promise.withResolvers<Result>();
      waiting.set(name, result);
      return result.promise;
    },
    discarded: (job) => void discarded.push(job?.name),
    ...work,
  });
  const readied = async (name: string, bytes = 1): Promise<void> => {
    const ready: Prepared<Job> = { ready: { tenant: name.charAt(0), name }, bytes };
    waiting.get(name)?.resolve(ready);
    await world.clock.advance(0);
  };
  const ended = async (name: string, how: 'filtered' | Error): Promise<void> => {
    if (how === 'filtered') waiting.get(name)?.resolve(how);
    else waiting.get(name)?.reject(how);
    await world.clock.advance(0);
  };
  return { ...world, begun, discarded, readied, fails: ended };
}

const names = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index}`);

describe('preparing', () => {
  it('is of sixteen at a time, the next once one of them is over', async () => {
    const { offer, clock, begun, readied } = slowLane();
    offer(...names('a', 18));
    await clock.advance(0);
    expect(begun).toEqual(names('a', 16));
    await readied('a3');
    expect(begun).toEqual(names('a', 17));
  });

  it.each([
    ['is told that it is not wanted', 'filtered', { filtered: 1 }],
    ['rejects', new Error('broken'), { unreadable: 1 }],
  ] as const)('that %s ends its task as skipped', async (_how, how, skipped) => {
    const { lane, offer, clock, fails, ended } = slowLane();
    offer('a1');
    await clock.advance(0);
    await fails('a1', how);
    expect(lane.stats()).toMatchObject({ accepted: 0, skipped, pending: 0, bytes: 0 });
    expect(ended).toEqual([['a1', Object.keys(skipped)[0]]]);
  });

  it('that throws ends its task as unreadable', async () => {
    const { lane, offer, clock } = jobLane(
      {},
      {
        prepare: () => {
          throw new Error('broken');
        },
      },
    );
    offer('a1');
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ skipped: { unreadable: 1 }, pending: 0 });
  });

  it('counts its task as pending also while a callback looks', async () => {
    const seen: number[] = [];
    const { lane, offer, clock } = jobLane(
      {},
      {
        prepare: () => {
          seen.push(lane.stats().pending);
          return 'filtered';
        },
      },
    );
    offer('a1', 'a2');
    await clock.advance(0);
    expect(seen).toEqual([2, 1]);
  });

  it('charges what a task holds from then on, and gives back the rest', async () => {
    const { lane, offer, clock, readied } = slowLane();
    offer({ tenant: 'a', name: 'a1', bytes: 50 }, { tenant: 'a', name: 'a2', bytes: 50 });
    await clock.advance(0);
    await readied('a1', 70);
    expect(lane.stats().bytes).toBe(120);
    await readied('a2', 20);
    expect(lane.stats().bytes).toBe(90);
  });

  it('of what has no room any more is told to whoever made it, whatever they do', async () => {
    const told: string[] = [];
    const { lane, offer, clock, readied, reporter } = slowLane(
      { maxBytes: 100 },
      {
        discarded: ({ name }) => {
          told.push(name);
          throw new Error('broken');
        },
      },
    );
    offer('a1', 'a2');
    await clock.advance(0);
    await readied('a1', 101);
    expect(told).toEqual(['a1']);
    expect(lane.stats()).toMatchObject({ dropped: { bytes: 1 }, bytes: 1, pending: 1 });
    expect(reporter.of('dropped')).toMatchObject([{ lane: 'learn', reason: 'bytes', tenant: 'a' }]);
    await readied('a2', 100);
    expect(lane.stats()).toMatchObject({ bytes: 100, running: 1 });
  });
});

describe('a preparation that was given up', () => {
  it('holds its bytes until it comes back, and what it brings is discarded', async () => {
    const { lane, offer, clock, readied, fails, discarded, ended } = slowLane({ deadlineMs: 100 });
    offer('a1', 'a2', 'a3');
    await clock.advance(100);
    expect(lane.stats()).toMatchObject({ timedOut: 3, pending: 0, bytes: 3 });
    expect(ended).toHaveLength(3);
    await readied('a1');
    await fails('a2', 'filtered');
    await fails('a3', new Error('broken'));
    expect(lane.stats()).toMatchObject({ timedOut: 3, running: 0, bytes: 0 });
    expect(discarded).toEqual(['a1']);
    expect(ended).toHaveLength(3);
  });

  it('keeps its tenant from more than sixteen of them, until one comes back', async () => {
    const { lane, offer, clock, begun, readied } = slowLane({ deadlineMs: 100 });
    offer(...names('a', 16));
    await clock.advance(100);
    expect(lane.stats()).toMatchObject({ timedOut: 16, pending: 0 });
    offer('a-no', 'b-yes');
    await clock.advance(0);
    expect(begun.slice(16)).toEqual(['b-yes']);
    expect(lane.stats().dropped).toMatchObject({ tenant: 1 });
    await readied('a0');
    offer('a-again');
    await clock.advance(0);
    expect(begun.at(-1)).toBe('a-again');
  });

  it('keeps its tenant from more than its share of them', async () => {
    const { offer, clock, begun, ended } = slowLane({ deadlineMs: 100, maxCount: 8 });
    offer('a1');
    await clock.advance(100);
    offer('a2');
    await clock.advance(100);
    offer('a3', 'b1');
    await clock.advance(0);
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    expect(ended.at(-1)).toEqual(['a3', 'tenant']);
  });

  it('makes the lane stuck when there is no room for any other', async () => {
    const { offer, clock, reporter, readied } = slowLane({ deadlineMs: 100, maxCount: 2 });
    offer('a1');
    await clock.advance(100);
    expect(reporter.of('delivery')).toEqual([]);
    offer('b1');
    await clock.advance(100);
    expect(reporter.of('delivery')).toEqual([{ type: 'delivery', lane: 'learn', state: 'stuck' }]);
    await readied('a1');
    expect(reporter.of('delivery').at(-1)).toMatchObject({ state: 'resumed' });
  });
});
