import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deliveries } from '../../src/rollout/deliveries.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';

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
});
