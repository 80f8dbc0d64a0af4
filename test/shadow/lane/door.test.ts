import { describe, expect, it, vi } from 'vitest';
import { type Job, jobLane } from '../job-lane.ts';

const names = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index}`);

describe('an offer', () => {
  it('is not asked whose it is before the lane has its turn', async () => {
    const tenantOf = vi.fn(({ tenant }: Job) => tenant);
    const { lane, offer, clock } = jobLane({ maxCount: 2_000 }, { tenantOf });
    offer(...names('a', 512));
    expect(tenantOf).not.toHaveBeenCalled();
    await clock.advance(0);
    expect(tenantOf).toHaveBeenCalledTimes(512);
    expect(lane.stats()).toMatchObject({ accepted: 512, pending: 512, tenants: 1 });
  });

  it('has another one asked where 512 wait to be, and only one', async () => {
    const tenantOf = vi.fn(({ tenant }: Job) => tenant);
    const { lane, offer, clock } = jobLane({ maxCount: 8_000, concurrency: 1 }, { tenantOf });
    for (let turn = 1; turn <= 2; turn += 1) {
      offer(...names('a', 512));
      for (const name of names('b', 300)) {
        const before = tenantOf.mock.calls.length;
        offer(name);
        expect(tenantOf.mock.calls.slice(before)).toMatchObject([[{ tenant: 'a' }]]);
      }
      await clock.advance(0);
      expect(tenantOf).toHaveBeenCalledTimes(812 * turn);
    }
    expect(lane.stats()).toMatchObject({ pending: 1_624, tenants: 2 });
  });

  it.each([
    ['the lane has its turn', {}, ['a1'], { accepted: 0, skipped: { unreadable: 1 } }],
    ['it is to give way', { maxCount: 1 }, ['a1', 'b1'], { accepted: 1, pending: 1 }],
  ])(
    'that cannot tell whose it is counts as unreadable when %s',
    async (_when, options, offered, counts) => {
      const { lane, offer, ended, clock } = jobLane(options, {
        tenantOf({ name, tenant }) {
          if (name === 'a1') throw new Error('nobody’s');
          return tenant;
        },
      });
      expect(offer(...offered)).toEqual(offered.map(() => true));
      if (offered.length === 1) await clock.advance(0);
      expect(ended).toEqual([['a1', 'unreadable']]);
      expect(lane.stats()).toMatchObject({ offered: offered.length, ...counts });
    },
  );

  it('that cannot tell it where there is no room either is not taken up', () => {
    const { lane, offer, ended } = jobLane(
      { maxCount: 1 },
      {
        tenantOf({ name, tenant }) {
          if (name === 'b1') throw new Error('nobody’s');
          return tenant;
        },
      },
    );
    expect(offer('a1', 'b1')).toEqual([true, false]);
    expect(ended).toEqual([]);
    expect(lane.stats()).toMatchObject({ offered: 2, accepted: 1, skipped: { unreadable: 1 } });
  });
});

describe('an offer that comes too late', () => {
  it('and cannot tell whose it is counts as unreadable', async () => {
    const { lane, offer, ended } = jobLane(
      {},
      {
        tenantOf: () => {
          throw new Error('nobody’s');
        },
      },
    );
    await lane.close(0);
    expect(offer('a1')).toEqual([false]);
    expect(ended).toEqual([]);
    expect(lane.stats()).toMatchObject({ offered: 1, skipped: { unreadable: 1 } });
  });
});

describe('what is above its tenant’s share when it is sorted', () => {
  it('is told of while offers still come, where many do', () => {
    const { offer, ended } = jobLane({ maxCount: 2_000, tenantShare: 0.001 });
    offer('b1', ...names('a', 600));
    expect(ended[0]).toEqual(['a2', 'tenant']);
  });

  it('is turned away and told of once, with its tenant', async () => {
    const { lane, offer, ended, clock, reporter } = jobLane({ maxCount: 4, concurrency: 1 });
    expect(offer('b1', 'a1', 'a2')).toEqual([true, true, true]);
    await clock.advance(0);
    expect(ended).toEqual([['a2', 'tenant']]);
    expect(reporter.events.filter(({ type }) => type === 'dropped')).toMatchObject([
      { lane: 'learn', reason: 'tenant', tenant: 'a' },
    ]);
    expect(lane.stats()).toMatchObject({ offered: 3, accepted: 2, pending: 2, bytes: 2 });
  });

  it('gives way to what grows in the turn in which it was offered', async () => {
    const { lane, offer, ended, clock } = jobLane(
      { maxBytes: 100, concurrency: 1 },
      {
        prepare(job) {
          if (job.name !== 'b1') return { ready: job, bytes: 10 };
          for (const name of names('a', 9)) lane.offer({ tenant: 'a', name, bytes: 10 });
          return { ready: job, bytes: 50 };
        },
      },
    );
    offer({ tenant: 'b', name: 'b1', bytes: 10 });
    await clock.advance(0);
    expect(ended.map(([name]) => name).toSorted()).toEqual(names('a', 9).slice(2));
    expect(lane.stats()).toMatchObject({ bytes: 70, pending: 3, dropped: { tenant: 7 } });
  });

  it('is no part of the change that a flush reports: it was turned away before', async () => {
    const { lane, offer, clock } = jobLane({ maxCount: 4, concurrency: 1 });
    offer('b1', 'a1', 'a2');
    const flushing = lane.flush(0);
    await clock.advance(0);
    const { counts } = await flushing;
    expect(counts).toMatchObject({ accepted: 0, dropped: { tenant: 0 }, pending: 2 });
    expect(lane.stats()).toMatchObject({ accepted: 2, dropped: { tenant: 1 } });
  });

  it('is told of before a close ends the rest', async () => {
    const { lane, offer, ended, clock } = jobLane({ maxCount: 4, concurrency: 1 });
    offer('b1', 'a1', 'a2');
    const closing = lane.close(0);
    await clock.advance(0);
    expect((await closing).counts).toMatchObject({ accepted: 0, aborted: 2, pending: 0 });
    expect(lane.stats()).toMatchObject({ accepted: 2, dropped: { tenant: 1 } });
    expect(ended[0]).toEqual(['a2', 'tenant']);
  });
});
