import { describe, expect, it, vi } from 'vitest';
import type { PairRecord } from '../../src/core/contracts/pair-record.ts';
import { StorePairs } from '../../src/rollout/evidence/store-pairs.ts';
import { candidateErrors } from '../../src/rollout/gates/candidate-errors.ts';
import { coverage } from '../../src/rollout/gates/coverage.ts';
import { sampleRatio } from '../../src/rollout/gates/sample-ratio.ts';
import { servedErrors } from '../../src/rollout/gates/served-errors.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { ada, dayMs, hourMs, rolloutWorld, ToldGate } from './world.ts';

const plan = {
  holdMs: 0,
  dailyCycleMs: 0,
  completeAfterMs: 7 * dayMs,
  steps: [{ percent: 0 }, { percent: 100 }, { percent: 100, to: 'complete' as const }],
};

function pairOf(requestId: string, at: number, tenant = 'acme'): PairRecord {
  const answered = { ended: 'answered', durationMs: 1 } as const;
  return {
    ...({ kind: 'compare', route: 'chat', stage: 'shadow', served: 'legacy' } as const),
    ...{ requestId, at, tenant },
    legacy: { leg: 'legacy', ...answered },
    candidate: { leg: 'candidate', ...answered },
  };
}

async function phases(world: ReturnType<typeof rolloutWorld>): Promise<string[]> {
  return (await world.store.pairDays()).map(({ phase }) => phase);
}

describe('pairs of a rollout', () => {
  it('go on when one of the cutovers that share them is closed: they are not its own', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    expect(rollout.pairs.close).toBeUndefined();
    rollout.pairs.add(pairOf('one', world.clock.now()));
    await rollout.pairs.flush?.();
    rollout.pairs.add(pairOf('two', world.clock.now()));
    await world.clock.advance(2_000);
    const [day] = await world.store.pairDays();
    expect(day?.counts.pairs).toBe(2);
  });

  it('belong to the step by which their tenant was decided, though they end in the next', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await rollout.advance(ada);
    expect(rollout.stageOf('acme')).toBe('live');
    rollout.pairs.add(pairOf('late', world.clock.now()));
    await rollout.flush();
    expect(await phases(world)).toEqual([expect.stringMatching(/^cutover\/0\//)]);
  });

  it('that there was no room for are counted as missed, by tenant as far as there is room', async () => {
    await using world = rolloutWorld();
    const pairs = new StorePairs({
      ...{ store: world.store, clock: world.clock, everyMs: 1_000 },
      ...{ phaseOf: () => 'p', batchId: () => 'only', contained: () => undefined },
    });
    for (let at = 0; at < 10_000; at += 1) {
      pairs.missed({ ...pairOf(`${at}`, 0), why: 'late', count: 1 });
    }
    for (let at = 0; at < 1_500; at += 1) pairs.add(pairOf(`over ${at}`, 0, `tenant-${at}`));
    pairs.add(pairOf('over again', 0, 'tenant-0'));
    expect(pairs.lost).toBe(1_501);
    await pairs.flush();
    const days = await world.store.pairDays();
    const missed = (tenant: string): number | undefined =>
      days.find((day) => day.tenant === tenant)?.counts['missed.count'];
    expect([missed('tenant-0'), missed('tenant-999'), missed('tenant-1000')]).toEqual([
      2,
      1,
      undefined,
    ]);
    expect(missed('')).toBe(500);
    expect(days.find(({ tenant }) => tenant === 'acme')?.counts['missed.late']).toBe(10_000);
  });
});

const same = { verdict: 'same', decidedBy: 'exact', layers: [], notes: [], ms: 1 } as const;

describe('the gates of a rollout', () => {
  it('see all pairs of a server that names its requests by a count, which each start begins anew', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({ ...plan, gates: [candidateErrors()] });
    for (let start = 0; start < 3; start += 1) {
      await world.clock.advance(1_000);
      for (const id of ['req-1', 'req-2']) rollout.pairs.add(pairOf(id, world.clock.now()));
      rollout.pairs.add({ ...pairOf('req-1', world.clock.now()), route: 'search' });
      await rollout.flush();
    }
    const [reading] = (await rollout.status()).decision.readings;
    expect(reading?.inputs.pairs).toBe(9);
  });

  it('see pairs that come long after others, and those that are there once only', async () => {
    await using world = rolloutWorld();
    const seen: string[][] = [];
    const begin = () => {
      const mine: string[] = [];
      seen.push(mine);
      const reading = { gate: 'keeps', source: 'pairs', outcome: 'hold', says: 'hold' } as const;
      return {
        pair: ({ requestId, tenant }: PairRecord) => void mine.push(`${tenant} ${requestId}`),
        read: () => ({ ...reading, inputs: {} }),
      };
    };
    const gate = { name: 'keeps', role: 'signal', source: 'pairs', policy: {}, begin } as const;
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    const began = world.clock.now();
    await world.clock.advance(300_000);
    const add = (...pairs: PairRecord[]): Promise<void> => {
      for (const pair of pairs) rollout.pairs.add(pair);
      return rollout.flush();
    };
    await add(pairOf('new', began + 290_000), pairOf('new', began + 290_000, 'umbrella'));
    await world.clock.advance(20_000);
    await add(pairOf('late', began + 1_000));
    await world.clock.advance(20_000);
    expect(seen.at(-1)).toEqual(['acme late', 'acme new', 'umbrella new']);
    await world.store.prune(began + 100_000);
    await add(pairOf('last', began + 335_000));
    await world.clock.advance(60_000);
    expect(seen.at(-1)).toEqual(['acme late', 'acme new', 'umbrella new', 'acme last']);
    expect(seen).toHaveLength(2);
  });

  it('hold no misses of pairs that were pruned against those that are left, after a restart', async () => {
    await using world = rolloutWorld();
    const its = { ...plan, gates: [coverage()] };
    const options = { pollMs: hourMs, leaseMs: 3 * hourMs };
    const first = await world.rollout(its, options);
    for (let day = 0; day < 4; day += 1) {
      const at = world.clock.now();
      for (let n = 0; n < 40; n += 1) {
        first.pairs.add({ ...pairOf(`${day} ${n}`, at + n), divergence: same });
      }
      first.pairs.missed({ ...pairOf('', at), why: 'late', count: 5 });
      await first.flush();
      await world.clock.advance(dayMs);
    }
    const says = async (rollout: typeof first) => (await rollout.status()).decision.readings[0];
    const inputs = { pairs: 160, missed: 20 };
    expect(await says(first)).toMatchObject({ outcome: 'pass', inputs });
    await first.close();
    await world.store.prune(world.clock.now() - dayMs);
    const later = await world.rollout(its, { ...options, identity: 'later' });
    await later.status();
    const left = { pairs: 40, missed: 5 };
    expect(await says(later)).toMatchObject({ outcome: 'pass', inputs: left });
  });

  it('are not begun anew with every look by a replica whose clock is behind', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('told');
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    for (let look = 0; look < 60; look += 1) {
      const now = world.clock.now();
      rollout.pairs.add(pairOf(`here ${look}`, now));
      rollout.pairs.add(pairOf(`behind ${look}`, now - 150_000));
      await rollout.flush();
      await world.clock.advance(5_000);
    }
    expect(gate.begun).toBeLessThanOrEqual(3);
    expect((await rollout.status()).decision.readings).toHaveLength(1);
  });
});

/** A step with calls, whose split was changed by an override; then the process is started again. */
async function restartedAfterOverride(world: ReturnType<typeof rolloutWorld>) {
  const its = { ...plan, gates: [sampleRatio()] };
  const first = await world.rollout(its);
  const { since } = (await first.status()).state;
  await world.clock.advance(120_000);
  const day = new Date(world.clock.now()).toISOString().slice(0, 10);
  const row = { day, tenant: 'acme', route: 'chat', leg: 'legacy' } as const;
  const counts = [{ ...row, counts: { calls: 500 } }];
  await world.store.addTraffic({ id: 'calls', phase: `cutover/0/${since}`, counts });
  await first.allow(['acme'], ada);
  await first.close();
  return world.rollout(its, { identity: 'later' });
}

describe('the sample ratio of a step in which overrides have changed', () => {
  it('is begun anew after a restart: calls of before cannot be told from later ones', async () => {
    await using world = rolloutWorld();
    const later = await restartedAfterOverride(world);
    const { readings } = (await later.status()).decision;
    expect(readings.map(({ outcome }) => outcome)).toEqual(['hold']);
  });

  it.each(['traffic', 'pairDays'] as const)(
    'is so also where the first look cannot read %s',
    async (what) => {
      await using world = rolloutWorld();
      const later = await restartedAfterOverride(world);
      vi.spyOn(world.store, what).mockRejectedValueOnce(new Error('The store is away.'));
      await expect(later.status()).rejects.toMatchObject({
        cause: { message: 'The store is away.' },
      });
      const { readings } = (await later.status()).decision;
      expect(readings.map(({ outcome }) => outcome)).toEqual(['hold']);
    },
  );

  it('is so also where the first look reads a part of the trail', async () => {
    await using world = rolloutWorld();
    const later = await restartedAfterOverride(world);
    const audit = world.store.audit.bind(world.store);
    let looks = 0;
    vi.spyOn(world.store, 'audit').mockImplementation(async function* (...place) {
      yield* audit(...place);
      looks += 1;
      // The first one is for the summary of the trail.
      if (looks === 2) throw new Error('The store is away.');
    });
    await expect(later.status()).rejects.toMatchObject({
      cause: { message: 'The store is away.' },
    });
    const { readings } = (await later.status()).decision;
    expect(readings.map(({ outcome }) => outcome)).toEqual(['hold']);
  });
});

describe('completing', () => {
  it('is refused while a replica that has not heard of the flip, or knows no state, calls legacy', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan, { pollMs: hourMs, leaseMs: 4 * hourMs });
    const before = (await rollout.status()).state;
    await rollout.advance(ada);
    await world.clock.advance(8 * dayMs);
    const day = new Date(world.clock.now() - dayMs).toISOString().slice(0, 10);
    const calls = (id: string, phase: string): Promise<void> => {
      const row = { day, tenant: 'acme', route: 'chat', leg: 'legacy' } as const;
      return world.store.addTraffic({ id, phase, counts: [{ ...row, counts: { calls: 3 } }] });
    };
    await calls('other rollout', `cutover/of/another/1/${before.since}`);
    await calls('stale', `cutover/0/${before.since}`);
    await calls('knows none', 'cutover/-/0');
    await expect(rollout.complete(ada)).rejects.toThrow(/6 calls have reached legacy/);
  });
});

describe('what was served', () => {
  it('counts its errors also where they were read before their calls', async () => {
    await using world = rolloutWorld();
    const gates = [servedErrors()];
    const rollout = await world.rollout({ ...plan, gates }, { leads: false });
    const { step, since } = await rollout.set({ ...ada, percent: 100, force: true });
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const row = { day, tenant: 'acme', route: 'chat', leg: 'candidate' } as const;
    const inputs: unknown[] = [];
    for (const counts of [
      { errors: 30 },
      { calls: 30 },
      { calls: 10 },
      { errors: 10, calls: 20 },
    ]) {
      const id = `batch ${inputs.length}`;
      await world.store.addTraffic({
        id,
        phase: `cutover/${step}/${since}`,
        counts: [{ ...row, counts }],
      });
      inputs.push((await rollout.status()).decision.readings[0]?.inputs);
    }
    expect(inputs).toMatchObject([
      { calls: 0, failed: 0 },
      { calls: 30, failed: 30 },
      { calls: 40, failed: 30 },
      { calls: 60, failed: 40 },
    ]);
  });

  it('sees a catastrophe however rarely it looks', async () => {
    await using world = rolloutWorld();
    const its = { ...plan, holdMs: dayMs, gates: [servedErrors({ limit: 0.99 })] };
    const rollout = await world.rollout(its, { pollMs: 600_000 });
    const { step, since } = await rollout.set({ ...ada, percent: 100, force: true });
    await world.clock.advance(hourMs);
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const row = { day, tenant: 'acme', route: 'chat', leg: 'candidate' } as const;
    const counts = [{ ...row, counts: { calls: 40, errors: 24 } }];
    await world.store.addTraffic({ id: 'all', phase: `cutover/${step}/${since}`, counts });
    await world.clock.advance(hourMs);
    expect((await rollout.status()).state.status).toBe('latched');
  });

  it('fails after a restart no more than before, whichever tenant is read first', async () => {
    await using world = rolloutWorld();
    const its = { ...plan, holdMs: dayMs, gates: [servedErrors()] };
    const before = await world.rollout(its);
    const { step, since } = await before.set({ ...ada, percent: 100, force: true });
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const rowOf = (tenant: string, calls: number, errors: number) =>
      ({ day, tenant, route: 'chat', leg: 'candidate', counts: { calls, errors } }) as const;
    for (let hour = 0; hour < 20; hour += 1) {
      const counts = [rowOf('a broken one', 2, hour % 4 === 0 ? 0 : 2), rowOf('well', 400, 0)];
      const phase = `cutover/${step}/${since}`;
      await world.store.addTraffic({ id: `hour ${hour}`, phase, counts });
      await world.clock.advance(400_000);
    }
    const says = async (rollout: Rollout) => (await rollout.status()).decision.readings[0]?.says;
    expect(await says(before)).toMatch(/^pass: errors 0\.4 % of 8040 calls/);
    await before.close();
    const after = await world.rollout(its);
    expect(await says(after)).toBe(await says(before));
    await world.clock.advance(40_000);
    expect((await after.status()).state.status).toBe('ramping');
  });
});
