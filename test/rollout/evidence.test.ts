import { describe, expect, it, vi } from 'vitest';
import { createCheckpointSigner, generateAuditKeys } from '../../src/audit/audit-keys.ts';
import type { Checkpoint } from '../../src/audit/checkpoint.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { shadowSafe } from '../../src/core/call/shadow-safe.ts';
import { createCutoverHandler } from '../../src/create.ts';
import type { GateRun } from '../../src/rollout/gates/gate.ts';
import { sampleRatio } from '../../src/rollout/gates/sample-ratio.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { RolloutError } from '../../src/rollout/rollout-error.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { flakyStore } from './flaky-store.ts';
import {
  ada,
  dayMs,
  hourMs,
  kindsOf,
  type RolloutWorld,
  rolloutWorld,
  ToldGate,
  tenantNames,
} from './world.ts';

const plan = {
  holdMs: hourMs,
  dailyCycleMs: 0,
  steps: [
    { percent: 0 },
    { percent: 50 },
    { percent: 100 },
    { percent: 100, to: 'complete' as const },
  ],
};

/** A gate that keeps what it is given. */
function keepingGate() {
  const seen = {
    pairs: 0,
    missed: 0,
    calls: 0,
    errors: 0,
    fallbacks: 0,
    attested: [] as string[],
    begun: 0,
  };
  const run: GateRun = {
    pair: () => {
      seen.pairs += 1;
    },
    missed: ({ count }) => {
      seen.missed += count;
    },
    served: ({ calls, errors, fallbacks }) => {
      seen.calls += calls;
      seen.errors += errors;
      seen.fallbacks += fallbacks;
    },
    attested: ({ kind }) => void seen.attested.push(kind),
    read: () => ({
      gate: 'keeps',
      source: 'pairs',
      outcome: 'hold',
      says: 'hold: it keeps',
      inputs: {},
    }),
  };
  const begin = (): GateRun => {
    seen.begun += 1;
    return run;
  };
  return {
    seen,
    gate: { name: 'keeps', role: 'guardrail', source: 'pairs', policy: {}, begin } as const,
  };
}

function handlerOf(
  rollout: Rollout,
  world: RolloutWorld,
  fails: { candidate: boolean } = { candidate: false },
) {
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_tenant: string, message: string) => `legacy: ${message}`,
    candidate: shadowSafe(async (_context, _tenant: string, message: string) => {
      if (fails.candidate) throw new Error('The candidate failed.');
      return `candidate: ${message}`;
    }),
    identify: (tenant, message) => ({ tenant, task: message }),
    flags: rolloutFlags(rollout),
    pairs: rollout.pairs,
    logger: { warn: () => undefined },
    clock: world.clock,
  });
  return handler;
}

describe('the evidence of a rollout', () => {
  it('comes from the cutover that it follows, and reaches its gates through the store, step by step', async () => {
    await using world = rolloutWorld();
    const { gate, seen } = keepingGate();
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    const handler = handlerOf(rollout, world);
    rollout.follow(handler);
    for (const tenant of tenantNames(10))
      expect(await handler(tenant, 'hello')).toBe('legacy: hello');
    await handler.flush();
    await rollout.flush();
    await rollout.attest({ ...ada, kind: 'smoke', ok: true });
    await world.clock.advance(6_000);
    expect(seen).toMatchObject({ pairs: 10, calls: 10, errors: 0, attested: ['smoke'], begun: 1 });
    await world.clock.advance(60_000);
    expect(seen).toMatchObject({ pairs: 10, calls: 10, attested: ['smoke'] });

    await rollout.advance({ ...ada, force: true });
    for (const tenant of tenantNames(10)) await handler(tenant, 'again');
    await handler.flush();
    await rollout.flush();
    await world.clock.advance(6_000);
    expect(seen.begun).toBe(2);
    expect(seen.calls).toBe(20);
    expect(seen.pairs).toBeLessThan(20);
    const legs = new Set((await world.store.traffic()).map(({ leg }) => leg));
    expect(legs).toEqual(new Set(['legacy', 'candidate']));
    await handler.close();
  });

  it('holds calls that name no tenant against no bucket, and previews none of them', async () => {
    await using world = rolloutWorld();
    const gates = [sampleRatio({ graceMs: 1 })];
    const rollout = await world.rollout({ ...plan, gates });
    const handler = handlerOf(rollout, world);
    rollout.follow(handler);
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(10);
    for (let at = 0; at < 120; at += 1) {
      await handler(at % 6 === 0 ? '' : `tenant-${at}`, 'hello');
    }
    await rollout.flush();
    const [reading] = (await rollout.status()).decision.readings;
    expect(reading).toMatchObject({ outcome: 'pass', inputs: { calls: 100, observed: 100 } });
    expect((await rollout.preview(0)).known).toBe(100);
    await handler.close();
  });

  it("counts a call that legacy answered for the candidate as the candidate's", async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const handler = handlerOf(rollout, world, { candidate: true });
    rollout.follow(handler);
    await rollout.set({ ...ada, percent: 100, force: true });
    expect(await handler('acme', 'hello')).toBe('legacy: hello');
    await rollout.flush();
    expect((await world.store.traffic()).map(({ leg, counts }) => ({ leg, ...counts }))).toEqual([
      { leg: 'candidate', calls: 1, fallbacks: 1 },
    ]);
    await handler.close();
  });

  it('has the times that users waited for the candidate, or for legacy in its place, and their squares', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const listeners = new Map<string, (event: object) => void>();
    const on = (type: string, listener: (event: object) => void) => {
      listeners.set(type, listener);
      return { [Symbol.dispose]: () => undefined };
    };
    const stats = () => ({ learn: { pending: 0 } });
    rollout.follow({ on, stats } as unknown as Parameters<Rollout['follow']>[0]);
    const served = { route: 'chat', tenant: 'acme', stage: 'live', leg: 'candidate' };
    for (const durationMs of [3, 0, 4]) {
      listeners.get('served')?.({ ...served, fellBack: false, status: 'fulfilled', durationMs });
    }
    const late = { fellBack: true, status: 'rejected', durationMs: 60_000 };
    listeners.get('served')?.({ ...served, ...late, leg: 'legacy' });
    await rollout.flush();
    expect((await world.store.traffic()).map(({ leg, counts }) => ({ leg, ...counts }))).toEqual([
      {
        leg: 'candidate',
        calls: 4,
        errors: 1,
        fallbacks: 1,
        timed: 3,
        ms: 60_007,
        squaredMs: 3_600_000_025,
      },
    ]);
  });

  it('is sent again, and counted once, when the store was away', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout(plan, { store: cable.store });
    const handler = handlerOf(rollout, world);
    rollout.follow(handler);
    cable.down = true;
    await handler('acme', 'hello');
    await world.clock.advance(30_000);
    await handler('acme', 'hello again');
    cable.down = false;
    await world.clock.advance(5_000);
    await rollout.flush();
    const calls = (await world.store.traffic()).map(({ counts }) => counts.calls);
    expect(calls).toEqual([2]);
    await handler.close();
  });

  it('of kills and of a legacy that is gone goes into the trail, without a tenant', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const handler = handlerOf(rollout, world);
    using _following = rollout.follow(handler);
    handler.kill('smoke');
    handler.revive();
    await rollout.flush();
    expect((await kindsOf(world.store)).slice(-2)).toEqual(['kill', 'revive']);
    await handler.close();
  });
});

describe('completing', () => {
  it('is refused with everything that still stands in its way, all at once', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('quality');
    gate.says = 'hold';
    const rollout = await world.rollout({ ...plan, gates: [gate] }, { outbox: () => 3 });
    await rollout.deny(['late'], ada);
    const refusal = await rollout.complete(ada).catch((error) => error);
    expect(refusal).toBeInstanceOf(RolloutError);
    expect(refusal.blockers).toEqual([
      'not everybody is with the candidate',
      '1 tenants are kept with legacy by overrides',
      '3 exchanges wait to be learned',
      'the gate quality says hold: told: hold',
    ]);
  });

  it.each<[string, () => unknown]>([
    ['forgets to return', () => undefined],
    ['answers what is no number', () => Number.NaN],
    ['answers a text', () => '0'],
    ['fails', () => Promise.reject(new Error('no database'))],
  ])('is refused where the outbox %s', async (_how, outbox) => {
    await using world = rolloutWorld();
    const told = { outbox: outbox as () => number };
    const rollout = await world.rollout({ ...plan, steps: [{ percent: 100 }] }, told);
    const refusal = await rollout.complete(ada).catch((error) => error);
    expect(refusal.blockers).toContain(
      'outbox() does not tell how many exchanges wait: it must answer a number',
    );
    const allowed = await rollout.complete({ ...ada, allowPending: true }).catch((error) => error);
    expect(allowed.blockers ?? []).not.toContainEqual(expect.stringContaining('outbox'));
  });

  it('is refused where the outbox never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await using world = rolloutWorld();
      const outbox = vi.fn(() => new Promise<number>(() => {}));
      const rollout = await world.rollout(plan, { outbox });
      const refused = rollout.complete(ada).catch((error) => error);
      await vi.waitUntil(() => outbox.mock.calls.length > 0);
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await refused).blockers).toContainEqual(expect.stringContaining('outbox()'));
    } finally {
      vi.useRealTimers();
    }
  });

  it('sees calls to legacy that are not in the store yet', async () => {
    await using world = rolloutWorld();
    const steps = [{ percent: 100 }];
    const rollout = await world.rollout({ ...plan, steps, completeAfterMs: hourMs });
    const handler = handlerOf(rollout, world, { candidate: true });
    rollout.follow(handler);
    await world.clock.advance(2 * hourMs);
    await handler('acme', 'by legacy, just now');
    await expect(rollout.complete(ada)).rejects.toThrow('1 calls have reached legacy');
    await handler.close();
  });

  it('waits until everybody was with the candidate for a week in which no call reached legacy', async () => {
    await using world = rolloutWorld();
    const fails = { candidate: false };
    const rollout = await world.rollout(plan, { pollMs: hourMs, leaseMs: 2 * hourMs });
    const handler = handlerOf(rollout, world, fails);
    rollout.follow(handler);
    await handler('acme', 'by legacy, before');
    await rollout.flush();
    await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(2 * dayMs);
    fails.candidate = true;
    await handler('acme', 'by legacy, after');
    fails.candidate = false;
    await rollout.flush();
    await expect(rollout.complete(ada)).rejects.toThrow(
      /another 120\.1 h.*1 calls have reached legacy/,
    );
    await world.clock.advance(6 * dayMs);
    await expect(rollout.complete(ada)).rejects.toThrow('1 calls have reached legacy');
    await world.clock.advance(2 * dayMs);
    await expect(rollout.complete(ada)).rejects.toThrow('no call was counted in that time');
    await handler('acme', 'by the candidate');
    expect(await rollout.complete(ada)).toMatchObject({
      status: 'complete',
      to: 'complete',
      percent: 100,
    });
    expect(await handler('acme', 'done')).toBe('candidate: done');
    expect((await kindsOf(world.store)).slice(-4)).toEqual([
      'complete',
      'compare.off',
      'shadow-writes.stopped',
      'threads.stopped',
    ]);
    await rollout.attest({ ...ada, kind: 'threads.deleted', ok: true });
    expect((await rollout.status()).attested['threads.deleted']).toMatchObject({
      ok: true,
      actor: 'Ada',
    });
    await handler.close();
  });
});

describe('the trail of a rollout', () => {
  it('is signed after each change, and read with what the service tells beside it', async () => {
    await using world = rolloutWorld();
    const keys = generateAuditKeys();
    const checkpoints: Checkpoint[] = [];
    const rollout = await world.rollout(plan, {
      signing: createCheckpointSigner(keys.privateKey),
      onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
      serviceAudit: async () => [{ action: 'learn' }],
    });
    await rollout.hold(ada);
    const entries = [];
    for await (const item of rollout.trail()) entries.push(item);
    expect(entries.map(({ of }) => of)).toEqual([
      'rollout',
      'rollout',
      'rollout',
      'rollout',
      'service',
    ]);
    const report = await verifyTrail(world.store.audit('cutover'), {
      checkpoints,
      publicKeys: [keys.publicKey],
    });
    expect(report).toMatchObject({ ok: true, vouchedFor: 3 });
    expect(checkpoints).toHaveLength(2);
  });
});

describe('the flags of a rollout', () => {
  it('fail before a state is known, so that the default stage holds', async () => {
    const flags = rolloutFlags({ name: 'cutover', stageOf: () => undefined });
    expect(
      flags.resolveStringEvaluation('cutover.chat', 'off', { targetingKey: 'acme' }),
    ).toMatchObject({
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
    });
  });

  it('answer with one object a stage, without a promise', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await rollout.allow(['acme'], ada);
    const flags = rolloutFlags(rollout);
    const ask = (targetingKey: string) =>
      flags.resolveStringEvaluation('any', 'off', { targetingKey });
    expect(ask('acme')).toEqual({ value: 'live', variant: 'live', reason: 'SPLIT' });
    expect(ask('other')).toBe(ask('another'));
  });
});
