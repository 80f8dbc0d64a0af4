import { describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import type { Gate, GateReading } from '../../src/rollout/gates/gate.ts';
import { legacyAlive } from '../../src/rollout/gates/legacy-alive.ts';
import { sampleRatio } from '../../src/rollout/gates/sample-ratio.ts';
import type { FollowedCutover, Rollout } from '../../src/rollout/rollout.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, kindsOf, rolloutWorld, ToldGate, tenantNames } from './world.ts';

const plan = {
  holdMs: 0,
  dailyCycleMs: 0,
  steps: [{ percent: 0 }, { percent: 50 }, { percent: 100 }],
};

/** A store some of whose methods are others. */
function replacing(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(name in methods ? methods : target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

/** A gate that does something before it says that harm is shown. */
function harmAfter(act: () => Promise<unknown>): Gate {
  let acted: Promise<unknown> | undefined;
  const read = async () => {
    acted ??= act();
    await acted;
    const says = { outcome: 'fail', says: 'fail: harm', inputs: {} } as const;
    return { gate: 'harm', source: 'served', ...says } as const;
  };
  return {
    name: 'harm',
    role: 'guardrail',
    source: 'served',
    policy: {},
    asksAt: { above: 0 },
    begin: () => ({ read }),
  };
}

/** Makes a rollout follow a cutover that can be told to tell. */
function followed(rollout: Rollout): (type: string, event: object) => void {
  const listeners: [string, (event: object) => void][] = [];
  const cutover = {
    on: (type: string, listener: (event: object) => void) => {
      listeners.push([type, listener]);
      return { [Symbol.dispose]: () => undefined };
    },
    stats: () => ({ learn: { pending: 0 } }),
  };
  rollout.follow(cutover as unknown as FollowedCutover);
  return (type, event) => {
    for (const [its, listener] of listeners) if (its === type) listener({ type, ...event });
  };
}

describe('a way back', () => {
  it('that a machine has found stands against whoever moves the ramp on meanwhile', async () => {
    await using world = rolloutWorld();
    const operator = await world.rollout(plan, { leads: false });
    const gates = [harmAfter(() => operator.set({ ...ada, percent: 100, force: true }))];
    await operator.set({ ...ada, percent: 50, force: true });
    await world.rollout({ ...plan, gates });
    await world.clock.advance(6_000); // takes the plan up
    await world.clock.advance(6_000);
    expect((await world.store.rollout('cutover')).state).toMatchObject({
      status: 'latched',
      percent: 0,
    });
    expect(operator.stageOf('x')).toBe('shadow');
  });

  it('that a machine has found is not for a ramp that a person has begun anew meanwhile', async () => {
    await using world = rolloutWorld();
    const operator = await world.rollout(plan, { leads: false });
    const gates = [
      harmAfter(async () => {
        await operator.rollback(ada);
        await operator.resume(ada);
      }),
    ];
    await operator.set({ ...ada, percent: 50, force: true });
    await world.rollout({ ...plan, gates });
    await world.clock.advance(6_000); // takes the plan up
    await world.clock.advance(6_000);
    expect((await world.store.rollout('cutover')).state).toMatchObject({
      status: 'ramping',
      percent: 0,
    });
  });

  it('stands in this process when it is taken after the rollout was closed', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await rollout.set({ ...ada, percent: 100, force: true });
    await rollout.close();
    expect(rollout.stageOf('x')).toBe('live');
    await rollout.rollback(ada);
    expect((await world.store.rollout('cutover')).state).toMatchObject({ percent: 0 });
    expect(rollout.stageOf('x')).toBe('shadow');
  });

  it('stands in this process when the store was closed before', async () => {
    const clock = fakeClock();
    await using world = rolloutWorld(memoryStore({ clock }), clock);
    const rollout = await world.rollout(plan);
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.store.close();
    await expect(rollout.rollback(ada)).rejects.toMatchObject({ code: 'ERR_CUTOVER_CLOSED' });
    await clock.advance(60_000);
    expect(rollout.stageOf('x')).toBe('shadow');
  });

  it('is no way back where another replica has heard that legacy is gone, until a person resumes', async () => {
    await using world = rolloutWorld();
    const gates = [harmAfter(async () => undefined)];
    const leader = await world.rollout({ ...plan, gates });
    const other = await world.rollout({ ...plan, gates }, { leads: false });
    await leader.set({ ...ada, percent: 50, force: true });
    followed(other)('gone', { route: 'chat', alive: false });
    await other.flush();
    await world.clock.advance(6_000);
    expect((await leader.status()).state).toMatchObject({ status: 'frozen', percent: 50 });
    expect(leader.kill(ada)).toBe('frozen');
    await other.close();
    await leader.resume(ada);
    await world.clock.advance(6_000);
    expect((await leader.status()).state).toMatchObject({ status: 'latched', percent: 0 });
  });

  it('is none either in a replica that has heard nothing itself of a frozen ramp, unless it is forced', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    let isAlive = true;
    const leader = await world.rollout(plan, { probeLegacy: () => isAlive });
    const near = await world.rollout(plan, { leads: false });
    const cut = await world.rollout(plan, { leads: false, store: cable.store });
    await leader.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(6_000);
    cable.down = true;
    isAlive = false;
    await world.clock.advance(6_000);
    expect(near.kill(ada)).toBe('frozen');
    expect(await near.rollback(ada)).toMatchObject({ status: 'frozen', percent: 100 });
    await expect(cut.rollback(ada)).rejects.toMatchObject({ why: 'unreachable' });
    expect(cut.stageOf('x')).toBe('shadow');
    cable.down = false;
    await world.clock.advance(6_000);
    expect((await cut.status()).state).toMatchObject({ status: 'frozen', percent: 100 });
    expect([near.stageOf('x'), cut.stageOf('x')]).toEqual(['live', 'live']);
    const forced = near.rollback({ ...ada, force: true });
    expect(await forced).toMatchObject({ status: 'rolled-back', percent: 0 });
  });

  it('is none after the end either, which stays, and nothing of it is entered', async () => {
    await using world = rolloutWorld();
    let isAlive = true;
    const options = { probeLegacy: () => isAlive };
    const rollout = await world.rollout({ ...plan, completeAfterMs: 0 }, options);
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(6_000);
    await rollout.complete(ada);
    isAlive = false;
    await world.clock.advance(6_000);
    const kinds = await kindsOf(world.store);
    expect(await rollout.rollback(ada)).toMatchObject({ status: 'complete', to: 'complete' });
    expect(rollout.stageOf('x')).toBe('complete');
    expect(await kindsOf(world.store)).toEqual(kinds);
    expect(await rollout.rollback({ ...ada, force: true })).toMatchObject({ percent: 0 });
  });

  it('that is dead stands in no way of the end, which is refused for all else', async () => {
    await using world = rolloutWorld();
    let isAlive = true;
    const gate = new ToldGate('quality');
    const gates = [gate, legacyAlive({ probe: () => isAlive, everyMs: 1 })];
    const options = { probeLegacy: () => isAlive };
    const rollout = await world.rollout({ ...plan, completeAfterMs: 0, gates }, options);
    await rollout.set({ ...ada, percent: 100, force: true });
    isAlive = false;
    await world.clock.advance(6_000);
    expect((await rollout.status()).state.status).toBe('frozen');
    await rollout.deny(['late'], ada);
    gate.says = 'hold';
    await expect(rollout.complete(ada)).rejects.toMatchObject({
      why: 'refused',
      blockers: [
        '1 tenants are kept with legacy by overrides',
        'the gate quality says hold: told: hold',
      ],
    });
    await rollout.override('late', undefined, ada);
    gate.says = 'pass';
    expect(await rollout.complete(ada)).toMatchObject({ status: 'complete', to: 'complete' });
  });

  it('is gone forward from by force, also where a probe says again and again that it is dead', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(
      { ...plan, completeAfterMs: 0 },
      { probeLegacy: () => false },
    );
    await rollout.set({ ...ada, percent: 50, force: true });
    await world.clock.advance(6_000);
    expect((await rollout.status()).state).toMatchObject({ status: 'frozen', percent: 50 });
    for (const percent of [25, 50, 100]) {
      await expect(rollout.set({ ...ada, percent })).rejects.toThrow(
        'where it never will be, set({ percent: 100, force: true }) and complete() it',
      );
    }
    await expect(rollout.set({ ...ada, percent: 25, force: true })).rejects.toThrow('is frozen');
    const { why } = (await rollout.status()).state;
    const forward = await rollout.set({ ...ada, percent: 100, force: true });
    expect(forward).toMatchObject({ status: 'frozen', percent: 100, why });
    await world.clock.advance(6_000);
    expect(rollout.stageOf('anybody')).toBe('live');
    expect(await rollout.complete(ada)).toMatchObject({ status: 'complete' });
  });

  it('is one again when a person resumes, also where it was heard before that and is entered later', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const tell = followed(rollout);
    await rollout.set({ ...ada, percent: 100, force: true });
    for (const alive of [false, true, false]) tell('gone', { route: 'chat', alive });
    await world.clock.advance(6_000);
    expect((await rollout.status()).state.status).toBe('frozen');
    await rollout.resume(ada);
    await world.clock.advance(120_000);
    expect((await kindsOf(world.store)).slice(-2)).toEqual(['ramp.resumed', 'legacy.gone']);
    expect(await rollout.status()).toMatchObject({
      state: { status: 'ramping' },
      legacyAlive: true,
    });
  });

  it('is one again when a person resumes, also in the process that has heard that legacy is gone', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const tell = followed(rollout);
    await rollout.set({ ...ada, percent: 100, force: true });
    for (const _ of ['once', 'again']) {
      tell('gone', { route: 'chat', alive: false });
      await rollout.flush();
      await world.clock.advance(6_000);
      expect((await rollout.status()).state).toMatchObject({ status: 'frozen', percent: 100 });
      await rollout.resume(ada);
      await world.clock.advance(60_000);
      expect(await rollout.status()).toMatchObject({
        state: { status: 'ramping' },
        legacyAlive: true,
      });
    }
    expect(await rollout.rollback(ada)).toMatchObject({ status: 'rolled-back' });
  });

  it.each([
    ['half \ud83d', 'half \ufffd'],
    ['x'.repeat(10_001), 'x'.repeat(10_000)],
    [`${'x'.repeat(9_999)}\ud83d\ude00`, `${'x'.repeat(9_999)}\ufffd`],
  ])('is not refused for a reason that no trail can hold', async (reason, entered) => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    expect(await rollout.rollback({ ...ada, reason })).toMatchObject({ status: 'rolled-back' });
    await rollout.resume(ada);
    expect(rollout.kill({ ...ada, reason })).toBe('killed');
    await rollout.flush();
    const reasons: string[] = [];
    for await (const { kind, reason: said } of world.store.audit('cutover')) {
      if (kind === 'rollback' || kind === 'kill') reasons.push(`${said}`);
    }
    expect(reasons).toEqual([entered, entered]);
  });
});

/** What gates of an app may say by mistake, none of which a trail can hold. */
const unwritable = {
  'half a character': { says: 'cut \ud83d', inputs: { rate: 0.1 } },
  'a number that is none': { says: 'fine', inputs: { rate: Number.NaN } },
  'no numbers at all': { says: 'fine' },
  'more numbers than an entry holds': {
    says: 'fine',
    inputs: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`of-tenant-${at}`, at])),
  },
  'a whole book': { says: 'x'.repeat(2_000_000), inputs: {} },
};

/** A gate of the app that passes in words of its own. */
function sayingGate(words: object): Gate {
  const [role, source] = ['signal', 'probe'] as const;
  const read = () => ({ gate: 'own', source, outcome: 'pass', ...words }) as GateReading;
  return { name: 'own', role, source, policy: {}, begin: () => ({ read }) };
}

describe('beside a gate that says what no trail can hold', () => {
  it.each(Object.entries(unwritable))('(%s) people go back and forth', async (_, words) => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({ ...plan, gates: [sayingGate(words)] });
    await world.clock.advance(6_000);
    expect(await rollout.set({ ...ada, percent: 50 })).toMatchObject({ percent: 50 });
    expect(await rollout.rollback(ada)).toMatchObject({ status: 'rolled-back' });
    expect(world.warnings).toEqual([]);
  });

  it.each(Object.entries(unwritable))('(%s) the machine goes back', async (_, words) => {
    await using world = rolloutWorld();
    const gates = [sayingGate(words), harmAfter(async () => undefined)];
    const rollout = await world.rollout({ ...plan, gates });
    await rollout.set({ ...ada, percent: 50 });
    await world.clock.advance(6_000);
    expect((await world.store.rollout('cutover')).state?.status).toBe('latched');
  });
});

describe('the trail of a rollout', () => {
  it('goes on behind a kill whose reason it cannot hold', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const tell = followed(rollout);
    for (const reason of ['half \ud83d', 'x'.repeat(2_000_000), 'plain']) {
      tell('rollback', { outcome: 'killed', reason });
    }
    await rollout.flush();
    const kinds = await kindsOf(world.store);
    expect(kinds.filter((kind) => kind === 'kill')).toHaveLength(3);
  });
});

describe('what the trail says', () => {
  it('is read whole once, and then only what is new', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    for (let at = 0; at < 5; at += 1) await rollout.attest({ ...ada, kind: `k${at}`, ok: true });
    await rollout.status();
    const audit = vi.spyOn(world.store, 'audit');
    await rollout.attest({ ...ada, kind: 'k5', ok: true });
    expect(Object.keys((await rollout.status()).attested)).toHaveLength(6);
    await rollout.acknowledge(99, ada).catch(() => undefined);
    await rollout.complete(ada).catch(() => undefined);
    expect(audit.mock.calls.length).toBeGreaterThan(0);
    for (const [, from = 0] of audit.mock.calls) expect(from).toBeGreaterThan(5);
  });
});

describe('an approval', () => {
  it('that is asked for leaves the evidence as it is, so that it can be given', async () => {
    await using world = rolloutWorld();
    const steps = [{ percent: 0, approval: true }, { percent: 50 }];
    const rollout = await world.rollout({ ...plan, steps, gates: [sampleRatio()] });
    await world.clock.advance(120_000);
    const state = (await world.store.rollout('cutover')).state;
    const counts = tenantNames(20).map((tenant) => {
      const day = new Date(world.clock.now()).toISOString().slice(0, 10);
      return { day, tenant, route: 'chat', leg: 'legacy', counts: { calls: 10 } } as const;
    });
    await world.store.addTraffic({ id: 'calls', phase: `cutover/0/${state?.since}`, counts });
    await world.clock.advance(12_000);
    expect((await rollout.status()).state.status).toBe('awaiting-approval');
    await world.clock.advance(60_000);
    expect(await kindsOf(world.store)).not.toContain('ramp.approval-withdrawn');
    expect(await rollout.approve(ada)).toMatchObject({ percent: 50 });
  });
});

describe('a step', () => {
  const climbing = { ...plan, automatic: true, minPairs: 0 };

  /** A leader whose first look takes a minute, in which another replica does not come to lead. */
  async function lookingForAMinute(
    world: ReturnType<typeof rolloutWorld>,
    replaced: Partial<Store> = {},
  ): Promise<Rollout> {
    const open = Promise.withResolvers<void>();
    const store = replacing(world.store, {
      traffic: (query) => open.promise.then(() => world.store.traffic(query)),
      ...replaced,
    });
    const leader = await world.rollout({ ...climbing, gates: [new ToldGate('gate')] }, { store });
    await world.clock.advance(6_000);
    const other = await world.rollout({ ...climbing, gates: [new ToldGate('gate')] });
    for (let beat = 0; beat < 12; beat += 1) await world.clock.advance(5_000);
    expect(await other.status()).toMatchObject({ leads: false, state: { percent: 0 } });
    open.resolve();
    return leader;
  }

  it('is not taken by a leader whose lease has passed to another while it looked', async () => {
    await using world = rolloutWorld();
    await world.traffic(200);
    let commits = 0;
    const store = new Proxy(world.store, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target);
        if (name === 'commit') commits += 1;
        // A leader whose event loop stands still renews nothing.
        if (name === 'renew') return async () => Promise.reject(new Error('stalled'));
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    const open = Promise.withResolvers<void>();
    const slow = new ToldGate('gate');
    const told = slow.begin.bind(slow);
    let looks = 0;
    slow.begin = () => {
      const run = told();
      const read = async (at: number) => {
        looks += 1;
        await open.promise;
        return run.read(at);
      };
      return { ...run, read };
    };
    await world.rollout({ ...climbing, gates: [slow] }, { store });
    await world.clock.advance(6_000);
    expect(looks).toBe(1);
    const other = new ToldGate('gate');
    other.says = 'hold';
    const leader = await world.rollout({ ...climbing, gates: [other] });
    await world.clock.advance(40_000);
    const before = commits;
    open.resolve();
    await world.clock.advance(0);
    expect(commits).toBe(before + 1);
    expect((await leader.status()).state).toMatchObject({ percent: 0 });
    expect(await kindsOf(world.store)).not.toContain('ramp.advanced');
  });

  it('is taken by a leader who looks for longer than its lease lasts, and nobody else leads meanwhile', async () => {
    await using world = rolloutWorld();
    await world.traffic(200);
    const leader = await lookingForAMinute(world);
    // It rests for half a lease behind a look as long as that.
    await world.clock.advance(14_000);
    expect(await leader.status()).toMatchObject({ leads: true, state: { step: 1 } });
    await world.clock.advance(2_000);
    expect(await leader.status()).toMatchObject({ leads: true, state: { step: 2 } });
  });

  it.each(['goes on', 'is closed'])(
    'is left to another leader where a read of the store never ends, and the process %s',
    async (and) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await using world = rolloutWorld();
      await world.traffic(200);
      const { promise: hanging, reject: end } = Promise.withResolvers<never>();
      const store = replacing(world.store, { traffic: () => hanging });
      const gates = [new ToldGate('gate')];
      const leader = await world.rollout({ ...climbing, gates }, { store });
      await world.clock.advance(6_000);
      const other = await world.rollout({ ...climbing, gates });
      if (and === 'is closed') {
        const closing = leader.close();
        await vi.advanceTimersByTimeAsync(30_000);
        await closing;
      }
      vi.useRealTimers();
      const minutes = and === 'is closed' ? 1 : 6;
      for (let beat = 0; beat < 12 * minutes; beat += 1) await world.clock.advance(5_000);
      expect(await other.status()).toMatchObject({ leads: true, state: { percent: 100 } });
      end(new Error('at last'));
    },
  );

  it('is taken by a leader one of whose renewals is never answered', async () => {
    await using world = rolloutWorld();
    await world.traffic(200);
    const { promise: never } = Promise.withResolvers<never>();
    let renewals = 0;
    const leader = await lookingForAMinute(world, {
      renew: (...given) => {
        renewals += 1;
        return renewals === 1 ? never : world.store.renew(...given);
      },
    });
    await world.clock.advance(1_000);
    expect((await leader.status()).state).toMatchObject({ step: 1 });
  });

  it('is not taken by a process that has taken everybody back, which the store does not know yet', async () => {
    await using world = rolloutWorld();
    await world.traffic(200);
    let isCut = false;
    const store = new Proxy(world.store, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target);
        if (name === 'commit') {
          const commit: typeof target.commit = async (given) => {
            const isKill = given.entries.some(({ kind }) => kind === 'kill');
            if (isCut && isKill) throw new Error('not now');
            return target.commit(given);
          };
          return commit;
        }
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    const gate = new ToldGate('gate');
    gate.says = 'hold';
    const rollout = await world.rollout({ ...climbing, gates: [gate] }, { store });
    isCut = true;
    rollout.kill(ada);
    gate.says = 'pass';
    await world.clock.advance(20_000);
    expect((await world.store.rollout('cutover')).state).toMatchObject({ percent: 0 });
    isCut = false;
    await world.clock.advance(20_000);
    expect((await world.store.rollout('cutover')).state).toMatchObject({ status: 'rolled-back' });
  });

  it('that would move none of the tenants that there are is left to a person', async () => {
    await using world = rolloutWorld();
    await world.traffic(1);
    const steps = [{ percent: 0 }, { percent: 0.01 }, { percent: 100 }];
    const rollout = await world.rollout({ ...climbing, steps, gates: [new ToldGate('gate')] });
    const next = await rollout.preview(1, { allowEmpty: true });
    expect(next).toMatchObject({ known: 1, moves: 0, empty: true });
    await world.clock.advance(30_000);
    expect((await rollout.status()).state).toMatchObject({ percent: 0, status: 'ramping' });
  });
});
