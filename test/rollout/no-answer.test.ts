import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCheckpointSigner, generateAuditKeys } from '../../src/audit/audit-keys.ts';
import type { LeaseAnswer } from '../../src/core/contracts/rollout-store.ts';
import { createCutover } from '../../src/create.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { customGate } from '../../src/rollout/gates/custom-gate.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, kindsOf, rolloutWorld, ToldGate } from './world.ts';

const steps = [{ percent: 0 }, { percent: 50 }, { percent: 100 }];
const plan = { holdMs: 0, dailyCycleMs: 0, steps };
const never = (): Promise<never> => new Promise(() => undefined);

afterEach(() => void vi.useRealTimers());

describe('a ramp whose app does not answer', () => {
  it.each(['gate', 'probe'])('rolls back all the same where a %s hangs', async (what) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using world = rolloutWorld();
    const harm = new ToldGate('harm');
    harm.says = 'fail';
    const hangs = customGate({ name: 'hangs', source: 'probe', begin: () => ({ read: never }) });
    const gates = what === 'gate' ? [hangs, harm] : [harm];
    const options = what === 'probe' ? { probeLegacy: never } : {};
    await world.rollout({ ...plan, gates }, options);
    await world.clock.advance(6_000);
    await vi.advanceTimersByTimeAsync(11_000);
    await world.clock.advance(0);
    expect((await world.store.rollout('cutover')).state?.status).toBe('latched');
  });

  it.each([undefined, null, 200, 'gone'])(
    'has a way back where the probe answers %j, which says nothing',
    async (odd) => {
      await using world = rolloutWorld();
      const probeLegacy = (async () => odd) as unknown as () => Promise<boolean>;
      const rollout = await world.rollout(plan, { probeLegacy });
      await rollout.set({ ...ada, percent: 50 });
      await world.clock.advance(6_000);
      expect(await rollout.status()).toMatchObject({
        legacyAlive: true,
        state: { status: 'ramping' },
      });
      expect(await rollout.rollback(ada)).toMatchObject({ status: 'rolled-back' });
      expect(world.warnings.join()).toContain('probe of the rollout cutover failed: TypeError');
    },
  );

  it('has one entry for a way back that was ordered a thousand times while the store was away', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    await rollout.set({ ...ada, percent: 50 });
    cable.down = true;
    for (let at = 0; at < 1_000; at += 1) rollout.kill({ ...ada, reason: `call ${at} failed` });
    rollout.kill({ ...ada, stopLearning: true });
    const asked = vi.spyOn(world.store, 'rollout');
    cable.down = false;
    await world.clock.advance(6_000);
    expect(asked.mock.calls.length).toBeLessThan(20);
    expect((await rollout.status()).state).toMatchObject({ percent: 0, from: 'off' });
    expect((await kindsOf(world.store)).filter((kind) => kind === 'kill')).toHaveLength(2);
  });

  it('says so when a checkpoint could not be handed over', async () => {
    await using world = rolloutWorld();
    const signing = createCheckpointSigner(generateAuditKeys().privateKey);
    const onCheckpoint = async (): Promise<never> => {
      throw new RangeError('mailbox full');
    };
    const rollout = await world.rollout(plan, { signing, onCheckpoint });
    await rollout.hold(ada);
    await world.clock.advance(0);
    expect(world.warnings.join()).toContain('checkpoint of the rollout cutover failed: RangeError');
  });

  it('waits at its close() for a checkpoint on its way, and says so when that could not be handed over', async () => {
    await using world = rolloutWorld();
    const signing = createCheckpointSigner(generateAuditKeys().privateKey);
    const { promise, reject } = Promise.withResolvers<never>();
    const rollout = await world.rollout(plan, { signing, onCheckpoint: () => promise });
    await rollout.hold(ada);
    let isClosed = false;
    const closing = rollout.close().then(() => {
      isClosed = true;
    });
    await manyTurns();
    expect(isClosed).toBe(false);
    reject(new RangeError('mailbox full'));
    await closing;
    expect(world.warnings.join()).toContain('checkpoint of the rollout cutover failed: RangeError');
  });

  it('leaves its lease before close() resolves, so that another leads at once', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await world.clock.advance(6_000);
    expect((await rollout.status()).leads).toBe(true);
    const released: boolean[] = [];
    const { release } = world.store;
    vi.spyOn(world.store, 'release').mockImplementation(async (lease) => {
      await new Promise((resolve) => setImmediate(resolve));
      await release.call(world.store, lease);
      released.push(true);
    });
    await rollout.close();
    expect(released).toEqual([true]);
  });
});

/** Checkpoints that have something happen so many turns after the next one that they are told to. */
function checkpoints() {
  const signing = createCheckpointSigner(generateAuditKeys().privateKey);
  let next: { readonly turns: number; readonly act: () => void } | undefined;
  const onCheckpoint = async (): Promise<void> => {
    const due = next;
    next = undefined;
    for (let turn = 0; turn < (due?.turns ?? 0); turn += 1) await undefined;
    due?.act();
  };
  return {
    options: { signing, onCheckpoint },
    afterTheNext(turns: number, act: () => void): void {
      next = { turns, act };
    },
  };
}

const manyTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('what comes in the turns in which an entry was made', () => {
  const turns = Array.from({ length: 12 }, (_, turn) => turn);

  it.each(turns)('(%i after it) is entered at once where it is a way back', async (turn) => {
    await using world = rolloutWorld();
    const { options, afterTheNext } = checkpoints();
    const rollout = await world.rollout(plan, options);
    await rollout.set({ ...ada, percent: 50 });
    afterTheNext(turn, () => void rollout.kill({ ...ada, stopLearning: true }));
    rollout.kill(ada);
    await manyTurns();
    expect((await world.store.rollout('cutover')).state?.from).toBe('off');
  });

  it.each(turns)('(%i after it) is entered where a followed cutover told it', async (turn) => {
    await using world = rolloutWorld();
    const { options, afterTheNext } = checkpoints();
    const rollout = await world.rollout(plan, options);
    await using cutover = createCutover({ flags: memoryFlags('off') });
    rollout.follow(cutover);
    afterTheNext(turn, () => void cutover.kill('again'));
    cutover.kill('a drill');
    await manyTurns();
    expect((await kindsOf(world.store)).filter((kind) => kind === 'kill')).toHaveLength(2);
  });
});

describe('a rollout whose store is silent', () => {
  it.each(['acquire', 'release', 'addPairs', 'rollout', 'commit', 'acknowledge'] as const)(
    '(%s) is closed all the same, half a minute later at most',
    async (call) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await using world = rolloutWorld();
      const rollout = await world.rollout(plan);
      const answers = Promise.withResolvers<never>();
      vi.spyOn(world.store, call).mockImplementation(() => answers.promise);
      const what = { kind: 'compare', route: 'chat', tenant: 'acme', stage: 'shadow' } as const;
      rollout.pairs.missed({ ...what, at: world.clock.now(), why: 'late', count: 1 });
      await world.clock.advance(6_000);
      rollout.kill(ada);
      const closed = vi.fn<() => void>();
      void rollout.close().then(closed);
      await vi.advanceTimersByTimeAsync(30_000);
      const told = closed.mock.calls.length;
      answers.reject(new Error('The store is away.'));
      expect(told).toBe(1);
      expect(rollout.stageOf('x')).toBe('shadow');
    },
  );
});

describe('a rollout that is closed while its leader asks for the lease', () => {
  it.each(['acquire', 'renew'] as const)(
    '(%s) leaves it all the same, so that another leads at once',
    async (call) => {
      await using world = rolloutWorld();
      const rollout = await world.rollout(plan);
      if (call === 'renew') await world.clock.advance(6_000);
      const asked = Promise.withResolvers<void>();
      const answers = Promise.withResolvers<void>();
      const given = world.store[call].bind(world.store) as (
        ...args: unknown[]
      ) => Promise<LeaseAnswer>;
      vi.spyOn(world.store, call).mockImplementationOnce(async (...args: unknown[]) => {
        const answer = await given(...args);
        asked.resolve();
        await answers.promise;
        return answer;
      });
      void world.clock.advance(6_000);
      await asked.promise;
      const closed = rollout.close();
      answers.resolve();
      await closed;
      expect(await world.store.acquire('rollout/cutover', 'another', 1_000)).toMatchObject({
        ok: true,
      });
    },
  );
});

describe('the trail of a ramp', () => {
  it('holds what the gates said with every change of the percentage, and whom it moved', async () => {
    await using world = rolloutWorld();
    const gates = [new ToldGate('quality')];
    const rollout = await world.rollout({ ...plan, gates, automatic: true });
    await world.traffic(40);
    await world.clock.advance(6_000);
    await rollout.set({ ...ada, percent: 60 });
    await rollout.rollback(ada);
    const evidence = new Map<string, object>();
    for await (const entry of world.store.audit('cutover')) {
      evidence.set(entry.kind, (entry.evidence ?? {}) as object);
    }
    const readings = [expect.objectContaining({ gate: 'quality', outcome: 'pass' })];
    expect(evidence.get('ramp.step')).toMatchObject({ readings, moving: { known: 40 } });
    expect(evidence.get('ramp.set')).toMatchObject({ readings });
    expect(evidence.get('rollback')).toMatchObject({ readings, lookedAt: expect.any(Number) });
  });
});

describe('a rollout', () => {
  it('refuses a name that no trail can hold, with which it could never begin', () => {
    const options = { store: memoryStore(), name: 'half \ud83d' };
    expect(() => createRollout(options)).toThrow(/name must be a string/);
  });
});

describe('a plan', () => {
  it.each([[[null]], [[{ name: 'x' }]], ['none']])('refuses %j for gates', (gates) => {
    const options = { store: memoryStore(), plan: { gates: gates as never } };
    expect(() => createRollout(options)).toThrow(/plan\.gates must be an array of gates/);
  });
});
