import { verifyTrail } from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import type { TrafficDay } from '../../src/core/contracts/evidence-store.ts';
import type { CommitResult } from '../../src/core/contracts/rollout-store.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { type Tally, toTrafficDays } from '../../src/store/tally.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { nextCommit, nothingYet, stateOf } from '../../src/testing/stores/sample-trail.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { trail } from '../audit/trail.ts';
import { turnsOf } from '../turns-of.ts';

const { entries } = trail(2_000);

async function fill(store: Store): Promise<void> {
  const { version, head } = await store.rollout('chat');
  const { hash } = head;
  await store.commit({ rollout: 'chat', expectVersion: version, expectHead: hash, entries });
}

describe.each([
  ['in memory', () => memoryStore()],
  ['in SQLite', () => sqliteStore({ path: ':memory:' })],
])('what is read of a store %s', (_where, open) => {
  it('leaves turns to others while a long trail is read', async () => {
    await using store = open();
    await fill(store);
    expect(await turnsOf(() => listOf(store.audit('chat')))).toBeGreaterThanOrEqual(20);
    expect(await turnsOf(() => listOf(store.audit('chat', 1_950)))).toBe(0);
    expect(await listOf(store.audit('chat'))).toEqual(entries);
  });

  it('leaves turns to others while many pairs are read', async () => {
    await using store = open();
    const pairs = Array.from({ length: 3_000 }, (_, at) => pairOf(at));
    await store.addPairs({ id: 'one', pairs });
    expect(await turnsOf(() => listOf(store.pairs()))).toBeGreaterThan(2);
    expect(await listOf(store.pairs())).toEqual(pairs);
  });

  it('has pairs in the order of time, whenever they came', async () => {
    await using store = open();
    const add = (...numbers: number[]): Promise<void> =>
      store.addPairs({ id: `${numbers}`, pairs: numbers.map((n) => pairOf(n)) });
    const read = async () => (await listOf(store.pairs())).map(({ requestId }) => requestId);
    const named = (...numbers: number[]) => numbers.map((n) => `request-${n}`);
    await add(5);
    expect(await read()).toEqual(named(5));
    await add(7, 6);
    expect(await read()).toEqual(named(5, 6, 7));
    await add(9);
    await add(1, 8);
    expect(await read()).toEqual(named(1, 5, 6, 7, 8, 9));
  });
});

describe('verifying a trail', () => {
  it.each([
    ['of entries in memory', () => entries],
    ['in one piece', () => [trail(2_000).bytes]],
  ])('%s leaves turns to others', async (_what, source) => {
    const given = source();
    expect(await turnsOf(() => verifyTrail(given))).toBeGreaterThanOrEqual(9);
    expect(await verifyTrail(given)).toMatchObject({ ok: true, entries: 2_000 });
  });
});

describe('counts of many tenants', () => {
  it('are put in order with turns for others', async () => {
    const tallies = Array.from({ length: 30_000 }, (_, at): Tally => {
      const tenant = `tenant-${(at * 7_919) % 30_000}`;
      const slice = JSON.stringify(['phase', tenant, 'chat', 'legacy']);
      return { ...{ day: '2026-01-31', slice, tenant, phase: 'phase' }, metric: 'calls', value: 1 };
    });
    let days: readonly TrafficDay[] = [];
    const turns = await turnsOf(async () => {
      days = await toTrafficDays(tallies);
    });
    // To read them takes 15 turns, and as many to make days of them.
    expect(turns).toBeGreaterThan(40);
    const tenants = days.map(({ tenant }) => tenant);
    expect(tenants).toEqual(Array.from(new Set(tenants)).sort());
    expect(tenants).toHaveLength(30_000);
    expect(await toTrafficDays(tallies.toReversed())).toEqual(days);
    expect(await toTrafficDays([])).toEqual([]);
  });

  it('are taken from a replica with turns for others', async () => {
    await using store = memoryStore();
    const counts = Array.from({ length: 8_000 }, (_, at) => ({
      ...{ day: '2026-01-31', tenant: `tenant-${(at * 7_919) % 8_000}`, route: 'chat' },
      ...{ leg: 'legacy' as const, counts: { calls: 1, errors: 1 } },
    }));
    const few = await turnsOf(() => store.addTraffic({ id: 'one', counts: counts.slice(0, 500) }));
    const turns = await turnsOf(() => store.addTraffic({ id: 'two', counts }));
    // A turn for each hundred counts is taken in any case.
    const written = (counts.length * 2) / 100;
    expect(few).toBeLessThan(15);
    expect(turns).toBeGreaterThan(written + 15);
    expect(await store.traffic()).toHaveLength(8_000);
  });
});

describe('a state of many tenants', () => {
  it('is written out, committed and read with turns for others', async () => {
    await using store = sqliteStore({ path: ':memory:' });
    const commit = nextCommit('chat', nothingYet, 'go');
    const names = Array.from({ length: 5_000 }, (_, at) => [`tenant-${at}`, 'live'] as const);
    const state = { ...stateOf(1), overrides: Object.fromEntries(names) };
    let result: CommitResult | undefined;
    const turns = await turnsOf(async () => {
      result = await store.commit({ ...commit, state });
    });
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(result).toMatchObject({ ok: true, current: { version: 1, state } });
    const next = nextCommit('chat', await store.rollout('chat'), 'on');
    expect(await turnsOf(() => store.commit(next))).toBe(0);
  });
});
