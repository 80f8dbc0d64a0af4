import { describe, expect, it, vi } from 'vitest';
import { createCutoverHandler } from '../../src/create.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, hourMs, kindsOf, rolloutWorld, ToldGate, tenantNames } from './world.ts';

const plan = { holdMs: 0, dailyCycleMs: 0, steps: [{ percent: 0 }, { percent: 100 }] };
const tenants = tenantNames(20);

describe('a rollback', () => {
  it('is in force here at once while the store is down, and entered when it answers again', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    const other = await world.rollout(plan);
    await rollout.advance(ada);
    expect(tenants.every((tenant) => rollout.stageOf(tenant) === 'live')).toBe(true);
    cable.down = true;
    const done = rollout.rollback(ada);
    expect(tenants.every((tenant) => rollout.stageOf(tenant) === 'shadow')).toBe(true);
    await expect(done).rejects.toMatchObject({ why: 'unreachable', code: 'ERR_CUTOVER_ROLLOUT' });
    await world.clock.advance(60_000);
    expect(other.stageOf('x')).toBe('live');
    expect(tenants.every((tenant) => rollout.stageOf(tenant) === 'shadow')).toBe(true);

    await other.override('vip', 'live', ada); // somebody else goes on meanwhile
    cable.down = false;
    await world.clock.advance(10_000);
    const { state, killed } = await rollout.status();
    expect(state).toMatchObject({ status: 'rolled-back', percent: 0, overrides: {} });
    expect(killed).toBe(false);
    expect(other.stageOf('vip')).toBe('shadow');
    expect((await kindsOf(world.store)).filter((kind) => kind === 'rollback')).toHaveLength(1);
  });

  it('is entered by itself although the same was ordered just before: that may have looked too early', async () => {
    await using world = rolloutWorld();
    const looked = Promise.withResolvers<void>();
    let isSlow = false;
    const store = new Proxy(world.store, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target);
        if (name !== 'rollout') return typeof method === 'function' ? method.bind(target) : method;
        return async (its: string) => {
          const there = await target.rollout(its);
          if (isSlow) await looked.promise;
          return there;
        };
      },
    });
    const rollout = await world.rollout(plan, { store, leads: false });
    const other = await world.rollout(plan, { leads: false });
    await rollout.rollback(ada);
    isSlow = true;
    const first = rollout.rollback(ada);
    await world.clock.advance(0);
    await other.resume(ada);
    await other.set({ ...ada, percent: 100, force: true });
    const second = rollout.rollback(ada);
    isSlow = false;
    looked.resolve();
    await Promise.all([first, second]);
    expect((await world.store.rollout('cutover')).state).toMatchObject({ percent: 0 });
    expect([rollout.stageOf('x'), other.stageOf('x')]).toEqual(['shadow', 'shadow']);
  });

  it('that goes further back than that of a machine leaves its latch to a person', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('harm');
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    await rollout.set({ ...ada, percent: 100, force: true });
    gate.says = 'fail';
    await world.clock.advance(6_000);
    expect((await rollout.status()).state.status).toBe('latched');
    const state = await rollout.rollback({ ...ada, stopLearning: true });
    expect(state).toMatchObject({ status: 'latched', from: 'off' });
  });

  it('is entered with the time at which it came into force, as are kills, however late the store answers', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    const chat = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => message,
      candidate: async (_context, message) => message,
      identify: () => ({ tenant: 'acme', task: 'a task' }),
      flags: rolloutFlags(rollout),
    });
    rollout.follow(chat);
    await rollout.advance(ada);
    cable.down = true;
    const begun = world.clock.now();
    chat.kill('a drill');
    await rollout.rollback(ada).catch(() => undefined);
    await world.clock.advance(hourMs);
    chat.revive();
    await chat.close();
    cable.down = false;
    await world.clock.advance(6_000);
    const told: unknown[] = [];
    for await (const { kind, at, evidence } of world.store.audit('cutover')) {
      const { orderedAt } = (evidence ?? {}) as { orderedAt?: number };
      told.push([kind, (orderedAt ?? at) - begun]);
    }
    expect(told).toContainEqual(['rollback', 0]);
    expect(told).toContainEqual(['kill', 0]);
    expect(told).toContainEqual(['revive', hourMs]);
  });

  it.each(['rollback', 'kill'] as const)(
    'by %s ends the learning here at once, too, while the store is down',
    async (way) => {
      await using world = rolloutWorld();
      const cable = flakyStore(world.store);
      const rollout = await world.rollout(plan, { store: cable.store });
      await rollout.deny(['fair', 'square'], ada);
      await rollout.override('quiet', 'off', ada);
      await rollout.advance(ada);
      cable.down = true;
      void Promise.resolve(rollout[way]({ ...ada, stopLearning: true })).catch(() => undefined);
      void rollout.rollback(ada).catch(() => undefined);
      const names = [...tenants, 'fair', 'quiet'];
      expect(new Set(names.map((tenant) => rollout.stageOf(tenant)))).toEqual(new Set(['off']));
      await world.clock.advance(20_000);
      expect(rollout.stageOf('x')).toBe('off');
      cable.down = false;
      await world.clock.advance(10_000);
      expect((await rollout.status()).state).toMatchObject({ from: 'off', status: 'rolled-back' });
      expect(rollout.stageOf('fair')).toBe('off');
      await rollout.resume(ada);
      expect(rollout.stageOf('x')).toBe('shadow');
    },
  );

  it('goes back to the stage that was asked for, and leaves who learns by an override of their own', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    await rollout.override('own', 'shadow', ada);
    await rollout.advance(ada);
    await rollout.override('own', 'shadow', ada);
    cable.down = true;
    void rollout.rollback({ ...ada, to: 'dualwrite' }).catch(() => undefined);
    const here = ['x', 'own'].map((tenant) => rollout.stageOf(tenant));
    cable.down = false;
    await world.clock.advance(10_000);
    expect(['x', 'own'].map((tenant) => rollout.stageOf(tenant))).toEqual(here);
    expect(here).toEqual(['dualwrite', 'shadow']);
  });

  it('by a kill does not wait, also in a process that knows no state yet', async () => {
    await using world = rolloutWorld();
    await (await world.rollout({ ...plan, from: 'dualwrite' })).advance(ada);
    const cable = flakyStore(world.store);
    cable.down = true;
    const { store } = cable;
    const { clock } = world;
    const logger = { warn: () => undefined };
    await using late = createRollout({
      store,
      clock,
      logger,
      plan: { ...plan, from: 'dualwrite' },
    });
    expect(late.stageOf('x')).toBeUndefined();
    expect(late.kill(ada)).toBe('killed');
    expect(late.stageOf('x')).toBe('dualwrite');
    late.kill({ ...ada, stopLearning: true });
    expect(late.stageOf('x')).toBe('off');
    cable.down = false;
    await world.clock.advance(10_000);
    expect(await kindsOf(world.store)).toContain('kill');
    expect((await late.status()).state).toMatchObject({ percent: 0, status: 'rolled-back' });
    expect(late.stageOf('x')).toBe('off');
  });

  it('wins over a ramp that goes on at the same time', async () => {
    await using world = rolloutWorld();
    const [one, two] = [await world.rollout(plan), await world.rollout(plan)];
    for (let round = 0; round < 5; round += 1) {
      await Promise.allSettled([
        two.advance(ada),
        one.rollback(ada),
        two.allow(['vip'], ada),
        two.set({ ...ada, percent: 100, force: true }),
      ]);
      await world.clock.advance(6_000);
      const { state } = await one.status();
      // What came behind the rollback was refused, or found it: nothing undid it.
      expect(state).toMatchObject({ percent: 0, status: 'rolled-back', overrides: {} });
      expect([one.stageOf('vip'), two.stageOf('vip')]).toEqual(['shadow', 'shadow']);
      await one.resume(ada);
      await world.clock.advance(6_000);
    }
  });

  it('freezes the ramp where legacy is known to be dead, unless it is forced', async () => {
    await using world = rolloutWorld();
    let alive = true;
    const rollout = await world.rollout(plan, { probeLegacy: () => alive });
    await rollout.advance(ada);
    alive = false;
    await rollout.status();
    expect(await rollout.rollback(ada)).toMatchObject({ status: 'frozen', percent: 100 });
    expect(rollout.stageOf('x')).toBe('live');
    expect(rollout.kill(ada)).toBe('frozen');
    expect(await rollout.rollback({ ...ada, force: true })).toMatchObject({ percent: 0 });
    expect(rollout.stageOf('x')).toBe('shadow');
  });

  it('is acknowledged when every replica obeys it, or its lease has run out', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const operator = await world.rollout(plan);
    const cut = await world.rollout(plan, { store: cable.store, onLostContact: 'legacy' });
    await operator.advance(ada);
    await world.clock.advance(10_000);
    expect(cut.stageOf('x')).toBe('live');
    cable.down = true;
    await operator.rollback(ada);
    expect(await operator.isAcknowledged()).toBe(false);
    // Never: acknowledged, while the candidate is still served.
    for (let second = 0; second < 40; second += 1) {
      await world.clock.advance(1_000);
      if (await operator.isAcknowledged()) expect(cut.stageOf('x')).toBe('shadow');
    }
    expect(await operator.isAcknowledged()).toBe(true);
    expect((await cut.status().catch(() => undefined))?.killed).toBeUndefined();
    cable.down = false;
    await world.clock.advance(10_000);
    expect(await cut.status()).toMatchObject({ lostContact: false, acknowledged: true });
  });

  it('is not acknowledged before it is entered: by then nobody else has heard of it', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const cut = await world.rollout(plan, { store: cable.store });
    const other = await world.rollout(plan, { leads: false });
    await cut.advance(ada);
    await world.clock.advance(10_000);
    expect(cut.kill(ada)).toBe('killed');
    expect(await cut.isAcknowledged()).toBe(false);
    await world.clock.advance(0);
    expect(await cut.isAcknowledged()).toBe(true);

    await cut.resume(ada);
    await world.clock.advance(10_000);
    await cut.advance(ada);
    await world.clock.advance(10_000);
    const inner = vi.spyOn(world.store, 'commit').mockRejectedValue(new Error('disk full'));
    await expect(cut.rollback(ada)).rejects.toMatchObject({ why: 'unreachable' });
    expect(other.stageOf('x')).toBe('live');
    expect(await cut.isAcknowledged()).toBe(false);
    expect(await cut.status()).toMatchObject({ killed: true, acknowledged: false });
    inner.mockRestore();
    await world.clock.advance(10_000);
    expect(other.stageOf('x')).toBe('shadow');
    expect(await cut.isAcknowledged()).toBe(true);
  });

  it('is not acknowledged for who asks by a replica that has not heard of it', async () => {
    await using world = rolloutWorld();
    const deaf = new Proxy(world.store, {
      get(target, name) {
        if (name === 'watch') return () => ({ [Symbol.dispose]: () => undefined });
        const method = Reflect.get(target, name, target);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    const operator = await world.rollout(plan);
    const other = await world.rollout(plan, { store: deaf, leads: false });
    await operator.advance(ada);
    await world.clock.advance(10_000);
    await operator.rollback(ada);
    expect(other.stageOf('x')).toBe('live');
    expect(await other.isAcknowledged()).toBe(false);
    await world.clock.advance(10_000);
    expect(await other.isAcknowledged()).toBe(true);
  });

  it('is missed by nobody who comes back into contact, not even until it has read what is in force', async () => {
    await using world = rolloutWorld();
    const operator = await world.rollout(plan);
    const cable = flakyStore(world.store);
    let asked = Promise.withResolvers<void>();
    let reading: Promise<void> | undefined;
    const slow = new Proxy(cable.store, {
      get(target, name) {
        const method = Reflect.get(target, name, target);
        if (name === 'watch') return () => ({ [Symbol.dispose]: () => undefined });
        if (name !== 'rollout') return method;
        return async (...args: [string]) => {
          const answer = await target.rollout(...args);
          asked.resolve();
          await reading;
          return answer;
        };
      },
    });
    const options = { store: slow, leads: false, onLostContact: 'legacy' } as const;
    const cut = await world.rollout(plan, options);
    await operator.advance(ada);
    await world.clock.advance(6_000);
    expect(cut.stageOf('x')).toBe('live');
    cable.down = true;
    await operator.rollback(ada);
    await world.clock.advance(31_000);
    expect(await operator.isAcknowledged()).toBe(true);
    expect(cut.stageOf('x')).toBe('shadow');
    const { promise, resolve } = Promise.withResolvers<void>();
    [reading, asked] = [promise, Promise.withResolvers<void>()];
    cable.down = false;
    await world.clock.advance(6_000);
    await asked.promise;
    expect(cut.stageOf('x')).toBe('shadow');
    resolve();
    await world.clock.advance(6_000);
    expect([cut.stageOf('x'), (await cut.status()).lostContact]).toEqual(['shadow', false]);
  });

  it('is missed by a replica out of contact that was told to keep what it knows, until it is back', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const operator = await world.rollout(plan);
    const cut = await world.rollout(plan, { store: cable.store });
    await operator.advance(ada);
    await world.clock.advance(10_000);
    cable.down = true;
    await operator.rollback(ada);
    await world.clock.advance(120_000);
    expect(cut.stageOf('x')).toBe('live');
    cable.down = false;
    await world.clock.advance(10_000);
    expect(cut.stageOf('x')).toBe('shadow');
  });
});

describe('the leader', () => {
  it('is one of all, and another one when it has stopped', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const replicas = [
      await world.rollout({ ...plan, gates: [gate] }),
      await world.rollout({ ...plan, gates: [gate] }),
      await world.rollout({ ...plan, gates: [gate] }, { leads: false }),
    ];
    const leads = async () => {
      const reports = await Promise.all(replicas.map((replica) => replica.status()));
      return reports.map((report) => report.leads);
    };
    await world.clock.advance(6_000);
    expect((await leads()).filter(Boolean)).toHaveLength(1);
    const first = (await leads()).indexOf(true);
    await replicas[first]?.close();
    await world.clock.advance(40_000);
    expect(await leads()).toEqual([first !== 0, first !== 1, false]);
  });

  it('decides nothing while it cannot reach the store, and warns of it without a name', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const gate = new ToldGate('quality');
    const rollout = await world.rollout(
      { ...plan, gates: [gate], automatic: true },
      { store: cable.store },
    );
    cable.down = true;
    await world.clock.advance(60_000);
    expect(rollout.stageOf('x')).toBe('shadow');
    expect(world.warnings.some((line) => line.includes('rollout.look'))).toBe(true);
    cable.down = false;
    await world.clock.advance(10_000);
    expect(rollout.stageOf('x')).toBe('live');
  });
});
