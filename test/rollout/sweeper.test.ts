import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { InvalidOptionsError } from '../../src/core/errors.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { dayMs, hourMs, rolloutWorld } from './world.ts';

const plan = { steps: [{ percent: 0 }, { percent: 50 }] };

/** A pair, its count and a count of traffic for each of so many days before now. */
async function fill(store: Store, now: number, days: readonly number[]): Promise<void> {
  for (const ago of days) {
    const at = now - ago * dayMs;
    const day = new Date(at).toISOString().slice(0, 10);
    const calls = { day, tenant: 'acme', route: 'chat', leg: 'legacy', counts: { calls: 1 } };
    await store.addPairs({ id: `${ago}`, pairs: [pairOf(0, { requestId: `${ago}`, at })] });
    await store.addTraffic({ id: `${ago}`, counts: [{ ...calls, leg: 'legacy' }] });
  }
}

const left = async (store: Store): Promise<number[]> => [
  (await listOf(store.pairs())).length,
  (await store.pairDays()).length,
  (await store.traffic()).length,
];

describe('what a store keeps of a rollout', () => {
  it('is forgotten once it is old: pairs after 30 days, counts after 400', async () => {
    await using world = rolloutWorld();
    await fill(world.store, world.clock.now(), [1, 29, 31, 399, 402]);
    await world.rollout(plan, { pollMs: 2 * hourMs, leaseMs: 6 * hourMs });
    await world.clock.advance(2 * hourMs);
    expect(await left(world.store)).toEqual([2, 4, 4]);
    await world.clock.advance(3 * dayMs);
    expect(await left(world.store)).toEqual([1, 3, 3]);
  });

  it('is kept as long as the options say', async () => {
    await using world = rolloutWorld();
    await fill(world.store, world.clock.now(), [1, 29, 399, 402]);
    const options = { keepPairsMs: 2 * dayMs, keepCountsMs: Number.POSITIVE_INFINITY };
    await world.rollout(plan, options);
    await world.clock.advance(6_000);
    expect(await left(world.store)).toEqual([1, 4, 4]);
  });

  it('is swept by the replica that leads alone', async () => {
    await using world = rolloutWorld();
    await fill(world.store, world.clock.now(), [31]);
    await world.rollout(plan, { leads: false });
    await world.clock.advance(2 * hourMs);
    expect(await left(world.store)).toEqual([1, 1, 1]);
  });

  it('is swept in pieces, of which the leader takes ten at a look', async () => {
    const clock = fakeClock();
    const inner = memoryStore({ clock });
    const asked: string[] = [];
    const store = new Proxy(inner, {
      get(target, name) {
        // As if there were always more.
        if (name === 'sweep') return async (what: string) => asked.push(what);
        const method = Reflect.get(target, name, target);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await using world = rolloutWorld(store, clock);
    await world.rollout(plan);
    await clock.advance(5_000);
    expect(asked.length).toBe(20);
    await clock.advance(5_000);
    expect(asked.length).toBe(40);
  });

  it('is left for an hour once nothing is old, and a store that fails stops nothing', async () => {
    const clock = fakeClock();
    const inner = memoryStore({ clock });
    let asked = 0;
    const store = new Proxy(inner, {
      get(target, name) {
        if (name === 'sweep') {
          return async () => {
            asked += 1;
            if (asked > 2) throw new Error('down');
            return 0;
          };
        }
        const method = Reflect.get(target, name, target);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await using world = rolloutWorld(store, clock);
    const rollout = await world.rollout({
      ...plan,
      holdMs: 2 * hourMs,
      dailyCycleMs: 0,
      automatic: true,
    });
    await clock.advance(30 * 60_000);
    expect(asked).toBe(2);
    await clock.advance(3 * hourMs);
    expect(asked).toBeGreaterThan(2);
    expect(world.warnings.join()).toContain('sweep of the rollout cutover failed');
    expect((await rollout.status()).state.step).toBe(1);
  });

  it('cannot be kept too short for what is asked of it', () => {
    const store = memoryStore();
    const wrong = { keepPairsMs: 0, keepCountsMs: 30 * dayMs };
    expect(() => createRollout({ store, ...wrong })).toThrow(InvalidOptionsError);
    expect(() => createRollout({ store, ...wrong })).toThrow(/keepPairsMs.*keepCountsMs/);
    const completeAfterMs = 50 * dayMs;
    expect(() =>
      createRollout({ store, keepCountsMs: 40 * dayMs, plan: { completeAfterMs } }),
    ).toThrow('keepCountsMs must be a day longer than plan.completeAfterMs');
  });
});
