import { describe, expect, it } from 'vitest';
import type { RolloutState, RolloutStatus } from '../../src/core/contracts/rollout-state.ts';
import { InvalidOptionsError } from '../../src/core/errors.ts';
import type { Stage } from '../../src/core/stage.ts';
import type { PersonAction } from '../../src/rollout/person-action.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { RolloutError } from '../../src/rollout/rollout-error.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, hourMs, kindsOf, rolloutWorld, ToldGate } from './world.ts';

const plan = {
  holdMs: 0,
  dailyCycleMs: 0,
  completeAfterMs: 0,
  steps: [{ percent: 0, approval: true }, { percent: 50 }, { percent: 100 }],
};

/** Brings a ramp into a status. */
const reached: Readonly<
  Record<
    RolloutStatus,
    (rollout: Rollout, gate: ToldGate, pass: () => Promise<void>) => Promise<unknown>
  >
> = {
  ramping: async () => undefined,
  held: (rollout) => rollout.hold({ actor: 'Grace', reason: 'lunch' }),
  'awaiting-approval': (_rollout, _gate, pass) => pass(),
  'rolled-back': (rollout) => rollout.rollback({ actor: 'Grace', reason: 'complaints' }),
  latched: (_rollout, gate, pass) => {
    gate.says = 'fail';
    return pass();
  },
  frozen: async (rollout, _gate) => {
    rollout.follow({
      on: (type, listener) => {
        if (type === 'gone') (listener as (event: object) => void)({ route: 'chat', alive: false });
        return { [Symbol.dispose]: () => undefined };
      },
      stats: () => ({ learn: { pending: 0 } }) as never,
    });
    await rollout.rollback(ada);
  },
  complete: async (rollout, _gate, pass) => {
    await rollout.set({ ...ada, percent: 100, force: true });
    await pass();
    await rollout.complete(ada);
  },
};

const actions: Readonly<
  Record<string, (rollout: Rollout, by: PersonAction) => Promise<RolloutState>>
> = {
  advance: (rollout, by) => rollout.advance({ ...by, force: true }),
  approve: (rollout, by) => rollout.approve({ ...by, force: true }),
  set: (rollout, by) => rollout.set({ ...by, percent: 50 }),
  hold: (rollout, by) => rollout.hold(by),
  resume: (rollout, by) => rollout.resume(by),
  rollback: (rollout, by) => rollout.rollback({ ...by, force: true }),
  allow: (rollout, by) => rollout.allow(['acme'], by),
  deny: (rollout, by) => rollout.deny(['acme'], by),
  attest: (rollout, by) => rollout.attest({ ...by, kind: 'smoke', ok: true }),
  complete: (rollout, by) => rollout.complete(by),
};

/** What becomes of the status; a dash: refused. */
const table: Readonly<Record<RolloutStatus, Readonly<Record<string, RolloutStatus | '-'>>>> = {
  ramping: {
    advance: 'ramping',
    approve: '-',
    set: 'ramping',
    hold: 'held',
    resume: '-',
    rollback: 'rolled-back',
    allow: 'ramping',
    deny: 'ramping',
    attest: 'ramping',
    complete: '-',
  },
  held: {
    advance: '-',
    approve: '-',
    set: 'held',
    hold: 'held',
    resume: 'ramping',
    rollback: 'rolled-back',
    allow: 'held',
    deny: 'held',
    attest: 'held',
    complete: '-',
  },
  'awaiting-approval': {
    advance: '-',
    approve: 'ramping',
    set: 'ramping',
    hold: 'held',
    resume: '-',
    rollback: 'rolled-back',
    allow: 'awaiting-approval',
    deny: 'awaiting-approval',
    attest: 'awaiting-approval',
    complete: '-',
  },
  'rolled-back': {
    advance: '-',
    approve: '-',
    set: '-',
    hold: '-',
    resume: 'ramping',
    rollback: 'rolled-back',
    allow: '-',
    deny: 'rolled-back',
    attest: 'rolled-back',
    complete: '-',
  },
  latched: {
    advance: '-',
    approve: '-',
    set: '-',
    hold: '-',
    resume: 'ramping',
    rollback: 'latched',
    allow: '-',
    deny: 'latched',
    attest: 'latched',
    complete: '-',
  },
  frozen: {
    advance: '-',
    approve: '-',
    set: '-',
    hold: '-',
    resume: 'ramping',
    rollback: 'rolled-back',
    allow: '-',
    deny: 'frozen',
    attest: 'frozen',
    complete: '-',
  },
  complete: {
    advance: '-',
    approve: '-',
    set: '-',
    hold: '-',
    resume: '-',
    rollback: 'rolled-back',
    allow: 'complete',
    deny: 'complete',
    attest: 'complete',
    complete: 'complete',
  },
};

describe('an action of a person', () => {
  it.each(
    (Object.keys(table) as RolloutStatus[]).flatMap((status) =>
      Object.entries(table[status]).map(([action, becomes]) => [status, action, becomes] as const),
    ),
  )('in a ramp that is %s: %s gives %s', async (status, action, becomes) => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    await reached[status](rollout, gate, () => world.clock.advance(6_000));
    const before = (await rollout.status()).state;
    expect(before.status).toBe(status);
    const done = actions[action]?.(rollout, ada);
    if (becomes === '-') await expect(done).rejects.toBeInstanceOf(RolloutError);
    else expect((await done)?.status).toBe(becomes);
    const after = (await rollout.status()).state;
    expect(after.version).toBeGreaterThanOrEqual(before.version);
    if (becomes === '-') expect(after).toEqual(before);
  });

  it('names a person and a reason, or is refused with all that is missing at once', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    for (const act of Object.values(actions)) {
      const nameless = await act(rollout, { actor: 'system', reason: ' ' }).catch((error) => error);
      expect(nameless).toBeInstanceOf(InvalidOptionsError);
      expect(nameless.issues).toHaveLength(2);
      await expect(act(rollout, {} as PersonAction)).rejects.toThrow(
        /actor is missing.*reason is missing/,
      );
    }
    expect(() => rollout.kill({ actor: 'Ada' } as PersonAction)).toThrow('reason is missing');
    expect((await rollout.status()).state.version).toBe(1);
  });

  it.each([null, 'constructor', 5])(
    'puts no tenant into the stage %j, and says so',
    async (stage) => {
      await using world = rolloutWorld();
      const rollout = await world.rollout(plan, { cohorts: { pilots: ['acme'] } });
      const wanted = stage as unknown as Stage;
      for (const refused of [
        rollout.override('acme', wanted, ada),
        rollout.cohort('pilots', wanted, ada),
      ]) {
        await expect(refused).rejects.toBeInstanceOf(InvalidOptionsError);
        await expect(refused).rejects.toThrow('stage must name a stage, or be undefined');
      }
      expect((await rollout.status()).state.overrides).toEqual({});
    },
  );

  it.each(['allow', 'deny'] as const)(
    '%s of one name in the place of a list is told',
    async (action) => {
      await using world = rolloutWorld();
      const rollout = await world.rollout(plan);
      const refused = rollout[action]('acme' as never, ada);
      await expect(refused).rejects.toThrow('tenants must be a list of names, not of type string');
      expect((await rollout.status()).state.overrides).toEqual({});
    },
  );

  it('is done once, whoever sends the same request again', async () => {
    await using world = rolloutWorld();
    const [one, two] = [await world.rollout(plan), await world.rollout(plan)];
    const by = { ...ada, requestId: 'ticket-1' };
    const [a, b] = await Promise.all([one.hold(by), two.hold(by)]);
    expect([a.version, b.version]).toEqual([2, 2]);
    await two.resume(ada);
    expect(await two.hold(by)).toMatchObject({ version: 3, status: 'ramping' });
    await one.attest({ ...by, requestId: 'smoke-1', kind: 'smoke', ok: true });
    await two.attest({ ...by, requestId: 'smoke-1', kind: 'smoke', ok: true });
    expect((await kindsOf(world.store)).filter((kind) => kind === 'attestation')).toHaveLength(1);
  });

  it('that completes a ramp is refused for what the ramp is, not only for what it has not seen yet', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await rollout.hold(ada);
    await expect(rollout.complete(ada)).rejects.toThrow(
      '(refused): the ramp is held; not everybody',
    );
    await rollout.rollback(ada);
    await expect(rollout.complete(ada)).rejects.toThrow('(refused): the ramp is rolled-back; not');
    await rollout.resume(ada);
    await expect(rollout.complete(ada)).rejects.toThrow('(refused): not everybody');
  });

  it('is done once where it was meant for a version, and refused for another one', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const by = { ...ada, expectVersion: 1 };
    expect((await rollout.hold(by)).version).toBe(2);
    expect((await rollout.hold(by)).version).toBe(2);
    // Somebody else who says the same has done nothing, and is told so.
    const other = rollout.hold({ ...by, actor: 'Grace' });
    await expect(other).rejects.toMatchObject({ why: 'conflict' });
    const error = await rollout.set({ ...by, percent: 5 }).catch((refusal) => refusal);
    expect(error).toBeInstanceOf(RolloutError);
    expect(error).toMatchObject({ why: 'conflict', current: { version: 2, status: 'held' } });
    expect(error.message).toContain('version 1 was expected, 2 is in force');
  });

  it('is another one where something else is asked of the same version for the same reason', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const by = { ...ada, expectVersion: 1 };
    for (const kind of ['smoke', 'backup', 'smoke']) {
      await rollout.attest({ ...by, kind, ok: true });
    }
    expect(Object.keys((await rollout.status()).attested)).toEqual(['smoke', 'backup']);
    expect((await kindsOf(world.store)).filter((kind) => kind === 'attestation')).toHaveLength(2);
    expect(await rollout.override('a', 'live', by)).toMatchObject({ overrides: { a: 'live' } });
    expect((await rollout.override('a', 'live', by)).version).toBe(2);
    const conflict = { why: 'conflict', current: { version: 2, overrides: { a: 'live' } } };
    await expect(rollout.override('b', 'live', by)).rejects.toMatchObject(conflict);
    await expect(rollout.override('a', 'shadow', by)).rejects.toMatchObject(conflict);
    const next = { ...ada, expectVersion: 2 };
    expect(await rollout.set({ ...next, percent: 5 })).toMatchObject({ percent: 5, version: 3 });
    expect(await rollout.set({ ...next, percent: 5 })).toMatchObject({ version: 3 });
    await expect(rollout.set({ ...next, percent: 9 })).rejects.toMatchObject({ why: 'conflict' });
  });

  it('is won by one of two who act at the same time, and the other is told what is in force', async () => {
    await using world = rolloutWorld();
    const [one, two] = [await world.rollout(plan), await world.rollout(plan)];
    const both = await Promise.allSettled([
      one.set({ ...ada, percent: 10 }),
      two.set({ actor: 'Grace', reason: 'faster', percent: 20 }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ why: 'conflict', current: { version: 2 } });
    const places = await Promise.all([
      one.allow(['a'], ada),
      two.allow(['b'], ada),
      one.deny(['c'], ada),
    ]);
    expect(Math.max(...places.map(({ version }) => version))).toBe(5);
  });

  it('is entered once although the store lost its answer', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    cable.answersToLose = 1;
    expect(await rollout.hold(ada)).toMatchObject({ version: 2, status: 'held' });
    expect((await kindsOf(world.store)).filter((kind) => kind === 'ramp.held')).toHaveLength(1);
  });

  it('may not pass over a step by a percentage, unless it is forced', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await expect(rollout.set({ ...ada, percent: 60 })).rejects.toThrow('the next step is 50 %');
    expect(await rollout.set({ ...ada, percent: 30 })).toMatchObject({ percent: 30, step: 0 });
    expect(await rollout.set({ ...ada, percent: 60, force: true })).toMatchObject({ step: 1 });
    await expect(rollout.set({ ...ada, percent: 101 })).rejects.toThrow('from 0 to 100');
  });

  it('turns dual-writing and comparing on and off, each an entry of the trail', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({ ...plan, from: 'off' });
    await rollout.set({ ...ada, from: 'dualwrite' });
    await rollout.set({ ...ada, from: 'shadow' });
    await rollout.set({ ...ada, from: 'off' });
    expect(await kindsOf(world.store)).toEqual([
      'rollout.created',
      'ramp.set',
      'dualwrite.on',
      'ramp.set',
      'compare.on',
      'ramp.set',
      'compare.off',
      'shadow-writes.stopped',
    ]);
    expect((await rollout.status()).heldMs).toBeLessThan(hourMs);
  });
});
