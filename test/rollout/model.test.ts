import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { stages } from '../../src/core/stage.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { flakyStore } from './flaky-store.ts';
import { rolloutWorld, ToldGate, tenantNames } from './world.ts';

const plan = {
  automatic: true,
  holdMs: 10_000,
  dailyCycleMs: 0,
  steps: [{ percent: 0 }, { percent: 20 }, { percent: 60, approval: true }, { percent: 100 }],
};
const tenants = tenantNames(40);

type Step =
  | { readonly does: 'wait'; readonly seconds: number }
  | { readonly does: 'gate'; readonly says: 'pass' | 'fail' | 'hold' }
  | { readonly does: 'cut' | 'mend'; readonly replica: number }
  | { readonly does: 'both'; readonly percents: readonly [number, number] }
  | {
      readonly does:
        | 'advance'
        | 'approve'
        | 'hold'
        | 'resume'
        | 'rollback'
        | 'kill'
        | 'allow'
        | 'set';
      readonly replica: number;
    };

const replica = fc.integer({ min: 0, max: 2 });
const action = fc.constantFrom(
  'advance',
  'approve',
  'hold',
  'resume',
  'rollback',
  'kill',
  'allow',
  'set',
);
const percent = fc.integer({ min: 0, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('gate'),
      says: fc.constantFrom('pass', 'fail', 'hold'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('cut', 'mend'), replica }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('both'), percents: fc.tuple(percent, percent) }),
  },
  { weight: 6, arbitrary: fc.record({ does: action, replica }) },
);

const by = { actor: 'Ada', reason: 'played' };

async function act(rollout: Rollout, does: Step['does']): Promise<unknown> {
  switch (does) {
    case 'advance':
      return rollout.advance({ ...by, force: true });
    case 'approve':
      return rollout.approve({ ...by, force: true });
    case 'hold':
      return rollout.hold(by);
    case 'resume':
      return rollout.resume(by);
    case 'rollback':
      return rollout.rollback(by);
    case 'kill':
      return rollout.kill(by);
    case 'allow':
      return rollout.allow(['tenant-7'], by);
    default:
      return rollout.set({ ...by, percent: 60, force: true });
  }
}

/** What must hold of any two states that follow each other in one store, by the entries in between. */
function checkFollowing(before: RolloutState, after: RolloutState, kinds: readonly string[]): void {
  expect(after.version).toBe(before.version + 1);
  expect(after.salt).toBe(before.salt);
  expect(after.since).toBeGreaterThanOrEqual(before.since);
  const isBack = ['latched', 'rolled-back'].includes(before.status);
  if (isBack) {
    expect(after.percent === 0 || kinds.includes('ramp.resumed')).toBe(true);
    const ahead = Object.values(after.overrides).filter((at) => stages[at].serves === 'candidate');
    expect(ahead).toEqual([]);
    if (after.status === 'ramping') expect(kinds).toContain('ramp.resumed');
  }
  if (kinds.includes('rollback') || kinds.includes('kill')) expect(after.percent).toBe(0);
  if (after.actor === 'system' && after.percent > before.percent) {
    expect(after.step).toBe(before.step + 1);
  }
}

/** Keeps each state with the entries by which it came. */
function recording(inner: Store) {
  const history: { state: RolloutState; kinds: string[] }[] = [];
  const store = new Proxy(inner, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      if (name !== 'commit') return method.bind(target);
      const commit: Store['commit'] = async (asked) => {
        const result = await target.commit(asked);
        if (result.ok && asked.state !== undefined) {
          history.push({ state: asked.state, kinds: asked.entries.map(({ kind }) => kind) });
        }
        return result;
      };
      return commit;
    },
  });
  return { store, history };
}

async function play(inner: Store, clock: ReturnType<typeof fakeClock>, steps: readonly Step[]) {
  const { store, history } = recording(inner);
  await using world = rolloutWorld(store, clock);
  const cables = [0, 1, 2].map(() => flakyStore(store));
  const gate = new ToldGate('quality');
  const replicas: Rollout[] = [];
  for (const { store: its } of cables) {
    replicas.push(
      await world.rollout({ ...plan, gates: [gate] }, { store: its, onLostContact: 'legacy' }),
    );
  }
  const at = (place: number) => replicas[place] as Rollout;
  for (const played of steps) {
    if (played.does === 'wait') await clock.advance(played.seconds * 1_000);
    else if (played.does === 'gate') gate.says = played.says;
    else if (played.does === 'cut' || played.does === 'mend') {
      (cables[played.replica] as { down: boolean }).down = played.does === 'cut';
    } else if (played.does === 'both') {
      const length = history.length;
      const [one, two] = played.percents;
      const both = await Promise.allSettled([
        at(0).set({
          ...by,
          percent: one,
          force: true,
          expectVersion: history.at(-1)?.state.version ?? 0,
        }),
        at(1).set({
          ...by,
          reason: 'other',
          percent: two,
          force: true,
          expectVersion: history.at(-1)?.state.version ?? 0,
        }),
      ]);
      expect(history.length - length).toBeLessThanOrEqual(1);
      expect(both.length).toBe(2);
    } else {
      const rollout = at(played.replica);
      await act(rollout, played.does).catch(() => undefined);
      const back = played.does === 'rollback' || played.does === 'kill';
      if (back) expect(tenants.map((tenant) => rollout.stageOf(tenant))).not.toContain('live');
    }
    // Once everybody knows of a version, or may know of none, nobody is served ahead of it.
    const { state } = await store.rollout('cutover');
    if (state !== undefined && state.percent === 0 && Object.keys(state.overrides).length === 0) {
      const { now, replicas: known } = await store.replicas('cutover');
      if (known.every(({ version, until }) => version >= state.version || until <= now)) {
        for (const rollout of replicas) expect(rollout.stageOf('tenant-1')).not.toBe('live');
      }
    }
  }
  for (const cable of cables) cable.down = false;
  await clock.advance(20_000);
  for (let place = 1; place < history.length; place += 1) {
    const [before, after] = [history[place - 1], history[place]];
    if (before && after) checkFollowing(before.state, after.state, after.kinds);
  }
  expect((await verifyTrail(inner.audit('cutover'))).problems).toEqual([]);
  return history.map(({ state }) => state);
}

/** At the same percentage the same tenants are inside, and more percent take nobody out. */
function checkSticky(
  states: readonly RolloutState[],
  inside: (state: RolloutState) => ReadonlySet<string>,
): void {
  const ordered = states.toSorted((a, b) => a.percent - b.percent);
  for (let place = 1; place < ordered.length; place += 1) {
    const [less, more] = [ordered[place - 1], ordered[place]];
    if (less && more)
      expect([...inside(less)].filter((tenant) => !inside(more).has(tenant))).toEqual([]);
  }
}

const seed = 20_260_101;

describe('a ramp under several operators, a leader and cut cables', () => {
  it('goes forward only, never undoes a way back, and has no two winners (promise 5)', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const clock = fakeClock();
        const states = await play(memoryStore({ clock }), clock, steps);
        moved += states.filter(({ percent: share }) => share > 0).length;
      }),
      { numRuns: 60, seed },
    );
    expect(moved).toBeGreaterThan(50);
  });
});

describe('who is inside', () => {
  it.each(['memory', 'sqlite'] as const)(
    'is sticky and monotone across replicas, restarts and versions in a store of %s (promise 7)',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(percent, { minLength: 2, maxLength: 6 }), async (percents) => {
          const folder = mkdtempSync(join(tmpdir(), 'rollout-'));
          const clock = fakeClock();
          const open = (): Store =>
            kind === 'memory'
              ? memoryStore({ clock })
              : sqliteStore({ path: join(folder, 'cutover.db') });
          const store = open();
          const seen = new Map<number, ReadonlySet<string>>();
          const states: RolloutState[] = [];
          for (const share of percents) {
            // A replica made anew each time: it knows what the store knows.
            const world = rolloutWorld(undefined, clock);
            const [one, two] = [
              await world.rollout(plan, { store, leads: false }),
              await world.rollout(plan, { store, leads: false }),
            ];
            const state = await one.set({ ...by, percent: share, force: true });
            await clock.advance(6_000);
            const inside = (rollout: Rollout) =>
              new Set(tenants.filter((tenant) => rollout.stageOf(tenant) === 'live'));
            expect(inside(two)).toEqual(inside(one));
            expect(seen.get(share) ?? inside(one)).toEqual(inside(one));
            seen.set(share, inside(one));
            states.push(state);
            await world[Symbol.asyncDispose]();
          }
          checkSticky(states, ({ percent: share }) => seen.get(share) as ReadonlySet<string>);
          await store.close();
          rmSync(folder, { recursive: true });
        }),
        { numRuns: kind === 'memory' ? 30 : 8, seed },
      );
    },
  );
});
