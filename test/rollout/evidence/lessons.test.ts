import { describe, expect, it } from 'vitest';
import type { FollowedCutover, Rollout } from '../../../src/rollout/rollout.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { listOf } from '../../../src/testing/stores/store-harness.ts';
import { flakyStore } from '../flaky-store.ts';
import { ada, dayMs, hourMs, rolloutWorld } from '../world.ts';

const plan = { holdMs: 0, completeAfterMs: 0, steps: [{ percent: 100 }] };

interface Learning {
  pending: number;
  stored: number;
}

/** A cutover that has so much to learn. */
function following(rollout: Rollout, learn: Learning): void {
  const cutover = {
    on: () => ({ [Symbol.dispose]: () => undefined }),
    stats: () => ({ learn: { pending: learn.pending, ok: { stored: learn.stored } } }),
  };
  rollout.follow(cutover as unknown as FollowedCutover);
}

const blockersOf = async (rollout: Rollout): Promise<readonly string[]> => {
  const done = await rollout.complete(ada).catch((error) => error);
  return done.blockers ?? [];
};

describe('completing', () => {
  it('waits for what other replicas have to learn', async () => {
    await using world = rolloutWorld();
    const [here, there] = [await world.rollout(plan), await world.rollout(plan)];
    const learn = { pending: 7, stored: 3 };
    following(there, learn);
    await world.clock.advance(5_000);
    expect((await here.status()).replicas).toMatchObject([
      { replica: 'replica-0', pending: 0, learned: 0 },
      { replica: 'replica-1', pending: 7, learned: 3 },
    ]);
    expect(await blockersOf(here)).toEqual([
      '7 exchanges wait to be learned by other replicas: "replica-1"',
    ]);
    learn.pending = 0;
    await world.clock.advance(5_000);
    expect(await blockersOf(here)).toEqual([]);
    expect((await here.status()).state.status).toBe('complete');
  });

  it('is done although exchanges wait, where a person says that they may, and enters how many', async () => {
    await using world = rolloutWorld();
    const [here, there] = [await world.rollout(plan), await world.rollout(plan)];
    following(here, { pending: 2, stored: 0 });
    following(there, { pending: 7, stored: 3 });
    const dead = { rollout: 'cutover', replica: 'dead', version: 1, leaseMs: 1_000, pending: 5 };
    await world.store.acknowledge(dead);
    await world.clock.advance(5_000);
    expect(await blockersOf(here)).toHaveLength(3);
    expect((await here.complete({ ...ada, allowPending: true })).status).toBe('complete');
    const entries = await listOf(world.store.audit('cutover'));
    const done = entries.find(({ kind }) => kind === 'complete');
    expect(done?.evidence).toMatchObject({ outbox: 14, allowPending: true });
  });

  it('counts its own process as it is now, not as it was told last', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const learn = { pending: 4, stored: 0 };
    following(rollout, learn);
    await world.clock.advance(5_000);
    learn.pending = 2;
    expect(await blockersOf(rollout)).toEqual(['2 exchanges wait to be learned']);
    learn.pending = 0;
    expect(await blockersOf(rollout)).toEqual([]);
  });

  it('says of a replica that died what it had to learn, until it is retired', async () => {
    const clock = fakeClock();
    const store = memoryStore({ clock });
    const cable = flakyStore(store);
    await using world = rolloutWorld(store, clock);
    const here = await world.rollout(plan);
    const dead = await world.rollout(plan, { store: cable.store });
    following(dead, { pending: 5, stored: 0 });
    await clock.advance(5_000);
    cable.down = true;
    const lastHeard = new Date(clock.now()).toISOString();
    await clock.advance(60_000);
    const [blocker, ...others] = await blockersOf(here);
    expect(others).toEqual([]);
    expect(blocker).toContain('5 exchanges were not learned by replicas that are silent');
    expect(blocker).toContain(`"replica-1" (last heard of ${lastHeard})`);
    await store.retire('cutover', 'replica-1');
    expect(await blockersOf(here)).toEqual([]);
  });

  it('forgets a dead replica a day after its lease', async () => {
    const clock = fakeClock();
    const store = memoryStore({ clock });
    await using world = rolloutWorld(store, clock);
    const here = await world.rollout(plan, { pollMs: hourMs, leaseMs: 3 * hourMs });
    const told = { rollout: 'cutover', version: 1, leaseMs: 30_000, pending: 5 };
    await store.acknowledge({ ...told, replica: 'dead' });
    await clock.advance(60_000);
    expect(await blockersOf(here)).toHaveLength(1);
    await clock.advance(dayMs);
    expect(await blockersOf(here)).toEqual([]);
  });

  it('does not wait for a replica that has learned all and closed', async () => {
    await using world = rolloutWorld();
    const [here, there] = [await world.rollout(plan), await world.rollout(plan)];
    const learn = { pending: 7, stored: 0 };
    following(there, learn);
    await world.clock.advance(5_000);
    learn.pending = 0;
    await there.close();
    expect(await blockersOf(here)).toEqual([]);
  });

  it('does not wait for a replica whose older words reach the store after its last ones', async () => {
    const clock = fakeClock();
    const store = memoryStore({ clock });
    const slow: (() => void)[] = [];
    let isSlow = false;
    const acknowledge: typeof store.acknowledge = async (told) => {
      if (isSlow && slow.length === 0) await new Promise<void>((resolve) => slow.push(resolve));
      return store.acknowledge(told);
    };
    const behind = new Proxy(store, {
      get: (target, name) =>
        name === 'acknowledge' ? acknowledge : Reflect.get(target, name)?.bind(target),
    });
    await using world = rolloutWorld(store, clock);
    const here = await world.rollout(plan, { leads: false });
    const there = await world.rollout(plan, { store: behind, leads: false });
    const learn = { pending: 7, stored: 0 };
    following(there, learn);
    isSlow = true;
    await clock.advance(5_000);
    await here.set({ ...ada, percent: 50 });
    await clock.advance(1_000);
    await here.set({ ...ada, percent: 100 });
    await clock.advance(1_000);
    learn.pending = 0;
    const closing = there.close();
    await clock.advance(0);
    slow[0]?.();
    await closing;
    expect(await blockersOf(here)).toEqual([]);
  });

  it('names five replicas of many', async () => {
    await using world = rolloutWorld();
    const here = await world.rollout(plan);
    for (let n = 0; n < 8; n += 1) {
      const told = { rollout: 'cutover', version: 1, leaseMs: 30_000, pending: 1 };
      await world.store.acknowledge({ ...told, replica: `r${n}` });
    }
    expect(await blockersOf(here)).toEqual([
      '8 exchanges wait to be learned by other replicas: "r0", "r1", "r2", "r3", "r4" and 3 more',
    ]);
  });
});
