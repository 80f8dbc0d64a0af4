import assert from 'node:assert/strict';
import type { TrafficBatch } from '../../core/contracts/evidence-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import { assertSame } from './assert-same.ts';
import { bothOf, oddNames, type StoreHarness, type StoreTest } from './store-harness.ts';

type TrafficCount = TrafficBatch['counts'][number];

function callsOf(tenant: string, calls: number, more: Partial<TrafficCount> = {}): TrafficCount {
  return { day: '2026-01-31', tenant, route: 'chat', leg: 'legacy', counts: { calls }, ...more };
}

async function addsUp(harness: StoreHarness): Promise<void> {
  const stores = await bothOf(harness);
  const tenants = Array.from({ length: 40 }, (_, n) => `tenant-${n}`);
  const rounds = Array.from({ length: 12 }, (_, n) => n);
  // In opposite orders, so that two writers would wait for one another if rows were taken as they come.
  const add = (n: number): Promise<void> => {
    const counts = (n % 2 === 0 ? tenants : tenants.toReversed()).map((name) => callsOf(name, 2));
    return (stores[n % 2] as Store).addTraffic({ id: `batch-${n}`, counts });
  };
  await Promise.all(rounds.map(add));
  const days = await stores[0].traffic();
  assert.equal(days.length, tenants.length);
  for (const { counts } of days) assertSame(counts, { calls: 24 });
}

async function countsABatchOnce(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  // More than what fits into one transaction.
  const counts = Array.from({ length: 600 }, (_, n) => callsOf(`tenant-${n}`, 1));
  const batch = { id: 'a', counts };
  await Promise.all([store.addTraffic(batch), other.addTraffic(batch)]);
  await store.addTraffic(batch);
  await store.addTraffic({ id: 'b', counts: counts.slice(0, 1) });
  const days = await other.traffic();
  const calls = days.map((day) => day.counts.calls ?? 0);
  assert.equal(days.length, 600);
  assert.equal(
    calls.reduce((sum, n) => sum + n, 0),
    601,
  );
}

async function tellsEverythingApart({ store }: StoreHarness): Promise<void> {
  const counts = [
    callsOf('acme', 1),
    callsOf('acme', 2, { day: '2026-02-01' }),
    callsOf('acme', 3, { leg: 'candidate', counts: { calls: 3, failed: 1, ms: 40.5, no: 0 } }),
    callsOf('acme', 4, { route: 'mail' }),
    callsOf('acme', 5, { route: 'mail' }),
  ];
  await store.addTraffic({ id: 'a', counts });
  await store.addTraffic({ id: 'b', phase: 'step 1', counts: counts.slice(0, 1) });
  const days = await store.traffic({ phase: '' });
  const base = { day: '2026-01-31', phase: '', tenant: 'acme', route: 'chat', leg: 'legacy' };
  assertSame(days, [
    { ...base, leg: 'candidate', counts: { calls: 3, failed: 1, ms: 40.5 } },
    { ...base, counts: { calls: 1 } },
    { ...base, route: 'mail', counts: { calls: 9 } },
    { ...base, day: '2026-02-01', counts: { calls: 2 } },
  ]);
  assertSame(await store.traffic({ phase: 'step 1' }), [
    { ...base, phase: 'step 1', counts: { calls: 1 } },
  ]);
  assert.equal((await store.traffic({ from: '2026-02-01' })).length, 1);
  assert.equal((await store.traffic({ to: '2026-01-31', route: 'mail' })).length, 1);
}

async function keepsTenantsApart({ store }: StoreHarness): Promise<void> {
  const counts = oddNames.map((name, n) => callsOf(name, n + 1, { route: name }));
  await store.addTraffic({ id: '\0', counts });
  for (const [n, name] of oddNames.entries()) {
    const days = await store.traffic({ tenant: name });
    assertSame(
      days.map((day) => [day.tenant, day.route, day.counts.calls]),
      [[name, name, n + 1]],
    );
  }
}

async function keepsOddCounters({ store }: StoreHarness): Promise<void> {
  const names = oddNames.filter((name) => name.length < 90);
  const counts = Object.fromEntries(names.map((name) => [name, 1]));
  await store.addTraffic({ id: 'a', counts: [callsOf('acme', 0, { counts })] });
  assertSame((await store.traffic())[0]?.counts, counts);
}

/** What a store promises of traffic counters. */
export const trafficTests: readonly StoreTest[] = [
  ['adds increments up that come at the same time', addsUp],
  ['counts a batch once, however often it comes', countsABatchOnce],
  ['tells days, routes, legs and phases apart', tellsEverythingApart],
  ['keeps counters of tenants with odd names apart', keepsTenantsApart],
  ['keeps counters of any name', keepsOddCounters],
];
