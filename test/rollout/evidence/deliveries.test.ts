import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairBatch } from '../../../src/core/contracts/evidence-store.ts';
import type { Store } from '../../../src/core/contracts/store.ts';
import { Deliveries } from '../../../src/rollout/evidence/deliveries.ts';
import { StorePairs } from '../../../src/rollout/evidence/store-pairs.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await undefined;
}

const nobody = (): void => undefined;

describe('what is on its way to a store', () => {
  it('arrives once, one batch after the other, however many flush at once', async () => {
    const moments = fc.array(fc.nat(20), { minLength: 2, maxLength: 15 });
    const sendings = fc.infiniteStream(fc.record({ takes: fc.nat(6), fails: fc.nat(4) }));
    await fc.assert(
      fc.asyncProperty(moments, sendings, async (flushes, scripted) => {
        const arrived: number[] = [];
        let gathered: number[] = [];
        let [sending, atOnce] = [0, 0];
        const deliveries = new Deliveries<number>({
          ...{ clock: fakeClock(), everyMs: 1_000, contained: nobody },
          take: () => gathered.splice(0),
          send: async (batch) => {
            sending += 1;
            atOnce = Math.max(atOnce, sending);
            const { takes, fails } = scripted.next().value as { takes: number; fails: number };
            await turns(takes);
            sending -= 1;
            if (fails === 4) throw new Error('The store is away.');
            arrived.push(batch);
          },
        });
        const flushed = flushes.map(async (moment, batch) => {
          await turns(moment);
          gathered = [...gathered, batch];
          await deliveries.flush();
        });
        await Promise.all(flushed);
        for (let more = 0; more < 50; more += 1) await deliveries.flush();
        expect(atOnce).toBe(1);
        expect(arrived.toSorted((a, b) => a - b)).toEqual(flushes.map((_, batch) => batch));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is waited for once, however often something is gathered meanwhile: the store may hang', async () => {
    const clock = fakeClock();
    let taken = 0;
    const sent = Promise.withResolvers<void>();
    const deliveries = new Deliveries<number>({
      ...{ clock, everyMs: 1_000, contained: nobody },
      take: () => [taken++],
      send: () => sent.promise,
    });
    void deliveries.flush();
    const waits = new Set<Promise<void>>();
    for (let second = 0; second < 100; second += 1) {
      deliveries.nudge();
      await clock.advance(1_000);
      waits.add(deliveries.flush());
    }
    expect([waits.size, taken]).toEqual([1, 1]);
    sent.resolve();
    await Promise.all(waits);
    expect(taken).toBe(2);
  });

  /** Deliveries to a store that is away as often as it is said, and what arrives. */
  function toStore(failures: number) {
    const clock = fakeClock();
    const arrived: number[] = [];
    const gathered: number[] = [];
    let left = failures;
    const deliveries = new Deliveries<number>({
      ...{ clock, everyMs: 1_000, contained: nobody },
      take: () => gathered.splice(0),
      send: async (batch) => {
        left -= 1;
        if (left >= 0) throw new Error('The store is away.');
        arrived.push(batch);
      },
    });
    return { clock, arrived, gathered, deliveries };
  }

  it('is sent again by itself, though nothing more comes', async () => {
    const { clock, arrived, gathered, deliveries } = toStore(3);
    gathered.push(1);
    deliveries.nudge();
    await clock.advance(3_000);
    expect(arrived).toEqual([]);
    await clock.advance(1_000);
    expect(arrived).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  it('is gathered for as long as it says, also from a store that answers while more comes', async () => {
    const clock = fakeClock();
    const arrived: number[] = [];
    let gathered = 0;
    const deliveries = new Deliveries<number>({
      ...{ clock, everyMs: 1_000, contained: nobody },
      take: () => (gathered > 0 ? [gathered] : []),
      send: async (count) => {
        gathered = 0;
        arrived.push(count);
        // A call is served while the store answers.
        gathered += 1;
        deliveries.nudge();
        await turns(3);
        if (arrived.length > 100) throw new Error('It has no end.');
      },
    });
    gathered = 5;
    await deliveries.flush();
    expect(arrived).toEqual([5]);
    await clock.advance(1_000);
    expect(arrived).toEqual([5, 1]);
    await deliveries.close();
    expect(arrived).toEqual([5, 1, 1, 1]);
  });

  it('has arrived after the close, also what came while that waited for the store', async () => {
    const arrived: number[] = [];
    const gathered = [1];
    const deliveries = new Deliveries<number>({
      ...{ clock: fakeClock(), everyMs: 1_000, contained: nobody },
      take: () => gathered.splice(0),
      send: async (batch) => {
        arrived.push(batch);
        await turns(3);
      },
    });
    const closing = deliveries.close();
    gathered.push(2);
    deliveries.nudge();
    await closing;
    expect(arrived).toEqual([1, 2]);
  });

  it('has arrived after a flush, behind what could not be sent before', async () => {
    const { arrived, gathered, deliveries } = toStore(1);
    gathered.push(1);
    await deliveries.flush();
    gathered.push(2);
    await deliveries.flush();
    expect(arrived).toEqual([1, 2]);
    await deliveries.close();
  });
});

describe('misses that find no room on their way to a store', () => {
  it('are summed up, so that none is lost', async () => {
    const batches: PairBatch[] = [];
    const store = { addPairs: async (batch: PairBatch) => void batches.push(batch) };
    const pairs = new StorePairs({
      ...{ store: store as unknown as Store, clock: fakeClock(), everyMs: 1_000 },
      ...{ phaseOf: () => 'phase', batchId: () => `${batches.length}`, contained: nobody },
    });
    for (let n = 0; n < 10_050; n += 1) {
      pairs.missed({
        ...{ kind: 'compare', at: 1, route: 'chat', tenant: 'acme' },
        ...{ stage: 'shadow', why: 'sampled', count: 2 },
      });
    }
    await pairs.flush();
    const missed = batches.flatMap((batch) => batch.missed ?? []);
    expect(missed.length).toBeLessThan(10_050);
    expect(missed.reduce((sum, { count }) => sum + count, 0)).toBe(20_100);
    expect(pairs.lost).toBe(0);
    await pairs.close();
  });
});
