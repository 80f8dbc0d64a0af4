import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../src/shadow/work.ts';
import { type Job, jobLane } from '../job-lane.ts';

const shut: Gate = { limit: 1, readyInMs: () => Number.POSITIVE_INFINITY };
const job = (name: string, bytes: number, gate?: Gate): Job => ({
  ...{ tenant: name.charAt(0), name, bytes },
  ...(gate && { gate }),
});

describe('a tenant above its share', () => {
  it('gives way where there is no room, and keeps what it has where there is', () => {
    const { lane, offer, ended } = jobLane({ maxCount: 8 });
    offer('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1', 'c2');
    expect(ended).toEqual([]);
    expect(offer('d1')).toEqual([true]);
    expect(ended).toEqual([['a4', 'tenant']]);
    expect(lane.stats()).toMatchObject({ offered: 9, pending: 8, tenants: 4 });
  });

  it('gives way with as many as it takes', () => {
    const { lane, offer, ended } = jobLane({ maxBytes: 100 });
    for (let n = 1; n <= 20; n += 1) offer(job(`a${n}`, 5));
    expect(offer(job('b1', 17))).toEqual([true]);
    expect(ended).toEqual(['a20', 'a19', 'a18', 'a17'].map((name) => [name, 'tenant']));
    expect(lane.stats()).toMatchObject({ bytes: 97, pending: 17 });
  });

  it('gives way with what is in the queues, the newest first, which is never run then', async () => {
    const { lane, offer, clock, ended, started, finish } = jobLane({ maxCount: 4, concurrency: 1 });
    offer('a1', 'a2', 'a3', 'a4');
    await clock.advance(0);
    offer('b1');
    expect(ended).toEqual([['a4', 'tenant']]);
    expect(lane.stats()).toMatchObject({ pending: 4, dropped: { tenant: 1 } });
    await clock.advance(0);
    for (let run = 0; run < 4; run += 1) await finish(started.at(-1) as string);
    expect(started.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(lane.stats()).toMatchObject({ pending: 0, bytes: 0, tenants: 0 });
  });

  it('gives way with what waits behind any of its gates, and with nothing that runs', async () => {
    const { lane, offer, clock, ended } = jobLane({ maxCount: 4, concurrency: 4 });
    const open: Gate = { limit: 9, readyInMs: () => 0 };
    offer(job('a1', 1, shut), job('a2', 1, shut), job('a3', 1, open), job('a4', 1, open));
    await clock.advance(0);
    expect(lane.stats().running).toBe(2);
    expect(offer('b1', 'b2', 'c1', 'd1')).toEqual([true, false, true, false]);
    expect(ended).toEqual([
      ['a2', 'tenant'],
      ['a1', 'tenant'],
    ]);
    expect(lane.stats()).toMatchObject({ pending: 4 });
  });
});

describe('an offer that finds no room', () => {
  it('is counted as offered, and told to those who listen', () => {
    const { lane, offer, reporter } = jobLane({ maxCount: 1 });
    expect(offer('a1', 'a2')).toEqual([true, false]);
    expect(lane.stats()).toMatchObject({ offered: 2, accepted: 1, dropped: { count: 1 } });
    expect(reporter.of('dropped')).toEqual([
      { type: 'dropped', lane: 'learn', reason: 'count', tenant: 'a' },
    ]);
  });

  it('since the lane is closed is no loss to be warned of', async () => {
    const { lane, offer, warn, reporter } = jobLane();
    await lane.close(10);
    expect(offer('a1')).toEqual([false]);
    expect(lane.stats()).toMatchObject({ offered: 1, dropped: { closed: 1 } });
    await lane.flush(10);
    expect(reporter.of('dropped')).toMatchObject([{ reason: 'closed', tenant: 'a' }]);
    expect(warn).not.toHaveBeenCalled();
  });
});
