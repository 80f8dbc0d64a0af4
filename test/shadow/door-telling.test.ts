import { describe, expect, it } from 'vitest';
import { jobLane } from './job-lane.ts';

const many = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index}`);

describe('whoever is told of what was turned away', () => {
  it('finds each task in the counts, also the one that grows', async () => {
    const seen: [accepted: number, elsewhere: number][] = [];
    const world = jobLane(
      { maxBytes: 100, concurrency: 1 },
      {
        prepare(job) {
          if (job.name !== 'b1') return { ready: job, bytes: 10 };
          for (const name of many('a', 9)) world.lane.offer({ tenant: 'a', name, bytes: 10 });
          return { ready: job, bytes: 50 };
        },
        ended() {
          const { accepted, ok, pending } = world.lane.stats();
          seen.push([accepted, ok.stored + pending]);
        },
      },
    );
    world.offer({ tenant: 'b', name: 'b1', bytes: 10 });
    await world.clock.advance(0);
    expect(seen).toHaveLength(7);
    for (const [accepted, elsewhere] of seen) expect(elsewhere).toBe(accepted);
  });

  it('may offer again what does not say whose it is: that has another turn', () => {
    const world = jobLane(
      {},
      {
        tenantOf: () => {
          throw new Error('nobody’s');
        },
        ended: () => void (again-- > 0 && world.lane.offer({ tenant: 'a', name: 'a1' })),
      },
    );
    let again = 100;
    world.offer('a1');
    expect(world.lane.stats()).toMatchObject({
      offered: 2,
      skipped: { unreadable: 1 },
      pending: 1,
    });
    expect(again).toBe(99);
  });

  it('offers in vain when it is a close that turns away', async () => {
    const again: boolean[] = [];
    const world = jobLane(
      { maxCount: 4 },
      { ended: (_job, ending) => void (ending === 'tenant' && again.push(...world.offer('c1'))) },
    );
    world.offer('b1', 'a1', 'a2');
    const closing = world.lane.close(0);
    await world.clock.advance(0);
    await closing;
    expect(again).toEqual([false]);
    expect(world.lane.stats()).toMatchObject({ offered: 4, dropped: { tenant: 1, closed: 1 } });
  });
});

describe('an offer', () => {
  it('that is said to be taken up is not over before whoever offers knows it', () => {
    const { lane, offer, ended } = jobLane({ maxCount: 2_000 });
    const taken: string[] = [];
    for (const name of ['b0', ...many('a', 1_500)]) {
      const before = ended.length;
      if (!offer(name)[0]) continue;
      taken.push(name);
      expect(ended.slice(before).map(([one]) => one)).not.toContain(name);
    }
    expect(ended).toHaveLength(taken.length - lane.stats().pending);
  });

  it('that is refused is told of before those that were turned away for it', () => {
    const { lane, reporter } = jobLane({ maxBytes: 100 });
    const offered = { b1: 25, a1: 20, a2: 10, c1: 25, d1: 20, e1: 15 };
    const taken = Object.entries(offered).map(([name, bytes]) =>
      lane.offer({ tenant: name.charAt(0), name, bytes }),
    );
    expect(taken).toEqual([true, true, true, true, true, false]);
    expect(reporter.events).toEqual([
      { type: 'dropped', lane: 'learn', reason: 'bytes', tenant: 'e' },
      { type: 'dropped', lane: 'learn', reason: 'tenant', tenant: 'a' },
    ]);
  });
});
