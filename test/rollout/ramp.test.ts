import { describe, expect, it } from 'vitest';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { RolloutError } from '../../src/rollout/rollout-error.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { ada, dayMs, hourMs, kindsOf, rolloutWorld, ToldGate, tenantNames } from './world.ts';

const ladder = (holdMs = hourMs) => ({
  holdMs,
  dailyCycleMs: holdMs,
  steps: [
    { percent: 0 },
    { percent: 25 },
    { percent: 50 },
    { percent: 100 },
    { percent: 100, to: 'rampdown' },
  ] as const,
});

describe('a ramp', () => {
  it('begins at its first step and says so in the trail, once for all replicas', async () => {
    await using world = rolloutWorld();
    const [one, two] = await Promise.all([world.rollout(), world.rollout()]);
    expect((await one.status()).state).toMatchObject({
      version: 1,
      percent: 0,
      from: 'shadow',
      to: 'live',
    });
    expect((await two.status()).state.version).toBe(1);
    expect(await kindsOf(world.store)).toEqual(['rollout.created', 'dualwrite.on', 'compare.on']);
  });

  it('is moved by a person once the step was held and its gates pass', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const rollout = await world.rollout({ ...ladder(), gates: [gate] });
    await expect(rollout.advance(ada)).rejects.toThrow(/held|hour|hold/);
    gate.says = 'hold';
    await world.clock.advance(2 * hourMs);
    await expect(rollout.advance(ada)).rejects.toThrow(RolloutError);
    gate.says = 'pass';
    expect(await rollout.advance(ada)).toMatchObject({
      percent: 25,
      step: 1,
      version: 2,
      actor: 'Ada',
    });
  });

  it('climbs by itself where the plan says so, a step at a time, and never completes by itself', async () => {
    await using world = rolloutWorld();
    const percents: number[] = [];
    const plan = {
      ...ladder(),
      automatic: true,
      steps: [...ladder().steps, { percent: 100, to: 'complete' as const }],
    };
    const rollout = await world.rollout(plan, {
      onChange: ({ percent }) => percents.push(percent),
    });
    await world.clock.advance(10 * hourMs);
    expect(percents).toEqual([0, 25, 50, 100, 100]);
    expect((await rollout.status()).state).toMatchObject({
      to: 'rampdown',
      step: 4,
      status: 'ramping',
    });
  });

  it('skips no step after everything was down for a long time', async () => {
    await using world = rolloutWorld();
    const first = await world.rollout({ ...ladder(), automatic: true });
    await first.close();
    await world.clock.advance(30 * dayMs);
    const percents: number[] = [];
    await world.rollout(
      { ...ladder(), automatic: true },
      { identity: 'later', onChange: ({ percent }) => percents.push(percent) },
    );
    await world.clock.advance(6_000);
    expect(percents).toEqual([0, 25]);
    await world.clock.advance(hourMs / 2);
    expect(percents).toEqual([0, 25]);
  });

  it('rolls back by itself when a guardrail fails, asks for a review, and stays latched until a person resumes it', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const rollout = await world.rollout({ ...ladder(), gates: [gate], automatic: true });
    await world.clock.advance(2 * hourMs);
    expect(rollout.stageOf('x')).toBeDefined();
    gate.says = 'fail';
    await world.clock.advance(6_000);
    const { state, reviews } = await rollout.status();
    expect(state).toMatchObject({ status: 'latched', percent: 0, actor: 'system' });
    expect(reviews).toHaveLength(1);
    gate.says = 'pass';
    await world.clock.advance(2 * hourMs);
    expect((await rollout.status()).state.version).toBe(state.version);
    await expect(rollout.advance(ada)).rejects.toThrow('resume()');
    await expect(rollout.set({ ...ada, percent: 5 })).rejects.toThrow('resume()');
    await expect(rollout.allow(['acme'], ada)).rejects.toThrow('resume()');

    await rollout.acknowledge(reviews[0]?.seq ?? -1, ada);
    expect((await rollout.status()).reviews).toEqual([]);
    expect(await rollout.resume(ada)).toMatchObject({ status: 'ramping', percent: 0, step: 0 });
    expect((await verifyTrail(world.store.audit('cutover'))).ok).toBe(true);
  });

  it('is frozen instead when legacy is dead', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    let alive = true;
    const rollout = await world.rollout(
      { ...ladder(), gates: [gate], automatic: true },
      { probeLegacy: () => alive },
    );
    await world.clock.advance(1.5 * hourMs);
    gate.says = 'fail';
    alive = false;
    await world.clock.advance(6_000);
    expect((await rollout.status()).state).toMatchObject({ status: 'frozen', percent: 25 });
    expect(await kindsOf(world.store)).toContain('review.required');
  });

  it('pauses when a signal fails, and begins its evidence anew when it is resumed', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('length', 'signal');
    const rollout = await world.rollout({ ...ladder(), gates: [gate], automatic: true });
    gate.says = 'fail';
    await world.clock.advance(6_000);
    expect((await rollout.status()).state).toMatchObject({ status: 'held', actor: 'system' });
    const before = gate.begun;
    gate.says = 'pass';
    await rollout.resume(ada);
    await world.clock.advance(6_000);
    expect((await rollout.status()).state).toMatchObject({ status: 'ramping', percent: 0 });
    expect(gate.begun).toBe(before + 1);
  });

  it('rolls back also while it is held by a person', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const rollout = await world.rollout({ ...ladder(), gates: [gate] });
    await world.clock.advance(2 * hourMs);
    await rollout.advance(ada);
    await rollout.hold(ada);
    gate.says = 'fail';
    await world.clock.advance(6_000);
    expect((await rollout.status()).state).toMatchObject({ status: 'latched', percent: 0 });
  });

  it('asks for an approval last, takes the request back when a gate no longer passes, and moves by the approval', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    const steps = [{ percent: 0, approval: true }, { percent: 50 }];
    const rollout = await world.rollout({
      steps,
      holdMs: hourMs,
      dailyCycleMs: 0,
      gates: [gate],
      automatic: true,
    });
    await expect(rollout.approve(ada)).rejects.toThrow(RolloutError);
    const status = async () => (await rollout.status()).state.status;
    await world.clock.advance(2 * hourMs);
    expect(await status()).toBe('awaiting-approval');
    gate.says = 'hold';
    await world.clock.advance(6_000);
    expect(await status()).toBe('ramping');
    gate.says = 'pass';
    await world.clock.advance(6_000);
    expect(await status()).toBe('awaiting-approval');
    expect(await rollout.approve(ada)).toMatchObject({ percent: 50, status: 'ramping' });
  });

  it('shows who would move, with their share of the traffic, and does not take a step that moves nobody', async () => {
    await using world = rolloutWorld();
    await world.traffic(3);
    const steps = [{ percent: 0 }, { percent: 0.01 }, { percent: 100 }];
    const rollout = await world.rollout({ steps, holdMs: 0, dailyCycleMs: 0, automatic: true });
    await expect(rollout.preview()).rejects.toThrow('none of the 3 known tenants');
    await expect(rollout.advance(ada)).rejects.toThrow('allowEmpty');
    await world.clock.advance(hourMs);
    expect((await rollout.status()).state.percent).toBe(0);
    expect(await rollout.preview(1, { allowEmpty: true })).toMatchObject({ empty: true, moves: 0 });
    expect(await rollout.preview(2)).toMatchObject({
      moves: 3,
      shareOfTenants: 1,
      shareOfTraffic: 1,
    });
    expect(await rollout.advance({ ...ada, allowEmpty: true })).toMatchObject({ percent: 0.01 });
  });

  it('tells what the candidate serves before a step and after it, in tenants and in traffic', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({
      ...ladder(0),
      steps: [{ percent: 0 }, { percent: 100 }],
    });
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const callsOf = { whale: 70, pilot: 20, minnow: 10 };
    const counts = Object.entries(callsOf).map(([tenant, calls]) => {
      return { day, tenant, route: 'chat', leg: 'legacy', counts: { calls } } as const;
    });
    await world.store.addTraffic({ id: '1', phase: `${rollout.name}/0/17`, counts });
    await rollout.allow(['pilot'], ada);
    await rollout.deny(['whale'], ada);
    const now = { tenants: 1, shareOfTenants: 1 / 3, shareOfTraffic: 0.2 };
    const then = { tenants: 2, shareOfTenants: 2 / 3, shareOfTraffic: 0.3 };
    const step = { moves: 1, shareOfTraffic: 0.1, candidateNow: now, candidateThen: then };
    expect(await rollout.preview()).toMatchObject(step);
    const here = { moves: 0, candidateNow: now, candidateThen: now };
    expect(await rollout.preview(0, { allowEmpty: true })).toMatchObject(here);
    await rollout.set({ ...ada, percent: 100 });
    const trail = await listOf(world.store.audit(rollout.name));
    expect(trail.at(-1)).toMatchObject({ kind: 'ramp.set', evidence: { moving: step } });
  });

  it('knows nobody by the traffic of another rollout in the same store', async () => {
    await using world = rolloutWorld();
    const steps = [{ percent: 0 }, { percent: 1 }, { percent: 100 }];
    const its = { ...ladder(0), steps };
    const own = await world.rollout(its, { name: 'chat' });
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const calls = (names: string[]) =>
      names.map((tenant) => {
        return { day, tenant, route: 'chat', leg: 'legacy', counts: { calls: 1 } } as const;
      });
    const { store } = world;
    await store.addTraffic({ id: '1', phase: 'chat/0/17', counts: calls(['acme', 'globex']) });
    await store.addTraffic({ id: '2', phase: 'search/0/17', counts: calls(tenantNames(300)) });
    await store.addTraffic({ id: '3', phase: 'search/-/0', counts: calls(['late']) });
    await expect(own.preview()).rejects.toThrow('none of the 2 known tenants would move');
    await expect(own.advance(ada)).rejects.toThrow('allowEmpty');
    expect(await own.preview(2)).toMatchObject({ tenants: ['acme', 'globex'], shareOfTraffic: 1 });
  });

  it('begins its evidence anew, and moves nobody, when the plan of the app has changed', async () => {
    await using world = rolloutWorld();
    const first = await world.rollout(ladder());
    await world.clock.advance(2 * hourMs);
    await first.advance(ada);
    await first.close();
    const second = await world.rollout({ ...ladder(), holdMs: 3 * hourMs }, { identity: 'new' });
    await world.clock.advance(40_000);
    const { state, heldMs } = await second.status();
    expect(state).toMatchObject({ percent: 25, step: 1, version: 3 });
    expect(heldMs).toBeLessThan(hourMs);
    expect(await kindsOf(world.store)).toContain('plan.changed');
  });

  it.each([
    ['skips no step', [0, 50, 100], 50],
    ['takes nobody back', [0, 1, 2, 3, 30, 100], 30],
  ])(
    'is moved by nobody while it stands by another plan, and by force %s of the new one',
    async (_, percents, next) => {
      await using world = rolloutWorld();
      const given = (...steps: number[]) => ({
        ...{ holdMs: 0, dailyCycleMs: 0 },
        steps: steps.map((percent) => ({ percent })),
      });
      const before = await world.rollout(given(0, 5, 25, 100));
      for (const percent of [5, 25]) {
        await world.clock.advance(10);
        expect(await before.advance(ada)).toMatchObject({ percent });
      }
      await before.close();
      await world.clock.advance(10);
      const after = await world.rollout(given(...percents));
      const { decision, next: told } = await after.status();
      expect(decision).toMatchObject({
        does: 'stay',
        why: expect.stringContaining('another plan'),
      });
      expect([told?.percent, (await after.preview()).percent]).toEqual([next, next]);
      await expect(after.advance(ada)).rejects.toMatchObject({
        why: 'refused',
        blockers: [expect.stringContaining('the leader takes this one up')],
      });
      const forced = after.advance({ ...ada, force: true });
      expect(await forced).toMatchObject({ percent: next });
      await world.clock.advance(6_000);
      expect((await after.status()).decision.why).toContain('a person may advance');
    },
  );

  it.each(['set', 'advance'] as const)(
    'goes on from where another plan has put it by %s(), and takes nobody back',
    async (action) => {
      await using world = rolloutWorld();
      const steps = [0, 1, 5, 10, 25, 50, 100].map((percent) => ({ percent }));
      const percents: number[] = [];
      const onChange = ({ percent }: { percent: number }) => percents.push(percent);
      const app = await world.rollout({ ...ladder(), steps, automatic: true }, { onChange });
      const script = await world.rollout({}, { leads: false });
      await script.set({ ...ada, percent: 5 });
      if (action === 'set') await script.set({ ...ada, percent: 25 });
      else await script.advance({ ...ada, force: true });
      await world.clock.advance(hourMs);
      expect((await app.status()).state).toMatchObject({ percent: 25, step: 4 });
      await world.clock.advance(2 * hourMs + 60_000);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect(percents.at(-1)).toBe(100);
    },
  );

  it('says why it stays where all gates pass: nobody would move, or only complete() is left', async () => {
    await using world = rolloutWorld();
    const steps = [{ percent: 0 }, { percent: 0.01 }, { percent: 100 }] as const;
    const last = { percent: 100, to: 'complete' } as const;
    const told: string[] = [];
    const onDecision = ({ does, why }: { does: string; why: string }) =>
      told.push(`${does}: ${why}`);
    const its = { ...ladder(0), automatic: true, steps: [...steps, last] };
    const rollout = await world.rollout(its, { onDecision });
    await world.traffic(3);
    await world.clock.advance(20_000);
    const why = 'none of the 3 known tenants would move: allowEmpty takes the step all the same';
    expect(told.at(-1)).toBe(`stay: ${why}`);
    expect((await rollout.status()).decision).toMatchObject({ does: 'stay', why });
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(20_000);
    expect(told.at(-1)).toBe('advance: every gate passes: the last step is taken by complete()');
  });

  it('goes on from where a person has put it, and takes nobody back by a step', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(ladder(0));
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(10);
    const last = await rollout.advance({ ...ada, allowEmpty: true });
    expect(last).toMatchObject({ step: 4, percent: 100, to: 'rampdown' });
    expect(await rollout.set({ ...ada, percent: 60 })).toMatchObject({ step: 2, percent: 60 });
    await world.clock.advance(10);
    expect(await rollout.advance({ ...ada, allowEmpty: true })).toMatchObject({
      step: 3,
      percent: 100,
    });
  });

  it('takes the first step of its plan where it stands below that, instead of the second', async () => {
    await using world = rolloutWorld();
    const steps = [{ percent: 5 }, { percent: 25 }, { percent: 100 }];
    const percents: number[] = [];
    await world.rollout(ladder(0), { leads: false });
    const onChange = ({ percent }: { percent: number }) => percents.push(percent);
    const rollout = await world.rollout({ ...ladder(0), steps, automatic: true }, { onChange });
    await world.clock.advance(30_000);
    expect(percents.filter((percent, at) => percent !== percents[at - 1])).toEqual([0, 5, 25, 100]);
    await rollout.set({ ...ada, percent: 1 });
    expect((await rollout.status()).next?.percent).toBe(5);
    expect(await rollout.preview()).toMatchObject({ step: 0, percent: 5 });
    const skipping = rollout.set({ ...ada, percent: 25 });
    await expect(skipping).rejects.toThrow('the next step is 5 %: a step is not passed over');
  });

  it('is not moved by a clock that was set ahead or back', async () => {
    await using world = rolloutWorld();
    let shift = 0;
    const jumping = {
      ...world.clock,
      now: () => world.clock.now() + shift,
      monotonic: () => world.clock.monotonic(),
    };
    const rollout = await world.rollout({ ...ladder(dayMs), automatic: true }, { clock: jumping });
    for (const jump of [30 * dayMs, -30 * dayMs]) {
      shift = jump;
      await world.clock.advance(hourMs);
      expect((await rollout.status()).state).toMatchObject({ version: 1, percent: 0 });
    }
    await world.clock.advance(dayMs);
    expect((await rollout.status()).state.percent).toBe(25);
  });

  it('moves tenants of overrides and cohorts beside the percentage, and names none of them in the trail', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(ladder(), { cohorts: { beta: ['b-one', 'b-two'] } });
    await rollout.allow(['acme'], ada);
    await rollout.deny(['__proto__'], ada);
    await rollout.cohort('beta', 'live', ada);
    expect(['acme', '__proto__', 'b-one', 'b-two', 'other'].map((t) => rollout.stageOf(t))).toEqual(
      ['live', 'shadow', 'live', 'live', 'shadow'],
    );
    await rollout.override('acme', undefined, ada);
    expect(rollout.stageOf('acme')).toBe('shadow');
    await rollout.cohort('beta', 'live', ada); // there already
    let trail = '';
    for await (const entry of world.store.audit('cutover')) trail += JSON.stringify(entry);
    expect(trail.match(/"kind":"override"/g)).toHaveLength(4);
    for (const tenant of ['acme', 'b-one', 'b-two', '__proto__'])
      expect(trail).not.toContain(tenant);
    await expect(rollout.cohort('nobody', 'live', ada)).rejects.toThrow('there is no cohort');
  });

  it('takes everybody back by a rollback, tenants of overrides too, but for those that are with legacy', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(ladder());
    await rollout.allow(['acme'], ada);
    await rollout.override('careful', 'off', ada);
    await rollout.set({ ...ada, percent: 25 });
    const state = await rollout.rollback({ ...ada, stopLearning: true });
    expect(state).toMatchObject({ percent: 0, from: 'off', status: 'rolled-back' });
    expect(state.overrides).toEqual({ careful: 'off' });
    expect(tenantNames(50).every((tenant) => rollout.stageOf(tenant) === 'off')).toBe(true);
    expect((await kindsOf(world.store)).slice(-3)).toEqual([
      'rollback',
      'compare.off',
      'shadow-writes.stopped',
    ]);
    const again = await rollout.rollback({ ...ada, stopLearning: true });
    expect(again.version).toBe(state.version);
    expect(await rollout.resume(ada)).toMatchObject({
      from: 'shadow',
      percent: 0,
      status: 'ramping',
    });
  });
});
