import assert from 'node:assert/strict';
import type { Store } from '../../core/contracts/store.ts';
import { dayMs } from '../../core/time/spans.ts';
import { assertSame } from './assert-same.ts';
import { pairOf } from './sample-pairs.ts';
import { nextCommit, nothingYet } from './sample-trail.ts';
import { listOf, type StoreHarness, type StoreTest } from './store-harness.ts';

const turnsOf = (tenant: string, at: number) => {
  const turns = [{ role: 'user', text: 'hello', leg: 'legacy', at }] as const;
  return { tenant, conversation: 'c', requestId: `request-${at}`, at, turns };
};

async function fill(store: Store, tenant: string): Promise<void> {
  const pairs = Array.from({ length: 5 }, (_, n) => pairOf(n, { tenant }));
  await store.addPairs({ id: tenant, pairs });
  const counts = { day: '2026-01-31', tenant, route: 'chat', leg: 'legacy' } as const;
  await store.addTraffic({ id: tenant, counts: [{ ...counts, counts: { calls: 1 } }] });
  await store.transcript().append(turnsOf(tenant, 10));
}

async function contentOf(store: Store, tenant: string): Promise<number[]> {
  return [
    (await listOf(store.pairs({ tenant }))).length,
    (await store.pairDays({ tenant })).length,
    (await store.traffic({ tenant })).length,
    (await store.transcript().history(tenant, 'c')).length,
  ];
}

async function erasesATenant({ store }: StoreHarness): Promise<void> {
  await fill(store, 'acme');
  await fill(store, 'other');
  const { pairs, turns, days } = await store.erase('acme');
  assertSame([pairs, turns], [5, 1]);
  assert.ok(days > 1);
  assertSame(await contentOf(store, 'acme'), [0, 0, 0, 0]);
  assertSame(await contentOf(store, 'other'), [5, 1, 1, 1]);
  assertSame(await store.erase('acme'), { pairs: 0, turns: 0, days: 0 });
}

async function keepsNothingThatComesLate({ store }: StoreHarness): Promise<void> {
  await store.erase('acme');
  const later = pairOf(1, { at: Date.now() + dayMs });
  await store.addPairs({ id: 'a', pairs: [pairOf(0), later, pairOf(2, { tenant: 'other' })] });
  assertSame(await listOf(store.pairs({ tenant: 'acme' })), [later]);
  const days = await store.pairDays();
  assert.equal(
    days.reduce((sum, { counts }) => sum + (counts.pairs ?? 0), 0),
    2,
  );
}

async function erasesMuch({ store }: StoreHarness): Promise<void> {
  const pairs = Array.from({ length: 700 }, (_, n) => pairOf(n));
  await store.addPairs({ id: 'a', pairs });
  assert.equal((await store.erase('acme')).pairs, 700);
  assertSame(await listOf(store.pairs()), []);
}

async function prunesWhatIsOld({ store }: StoreHarness): Promise<void> {
  await fill(store, 'acme');
  const days = await store.pairDays();
  const { at } = pairOf(3);
  await store.transcript().append(turnsOf('acme', at));
  assertSame(await store.prune(at), { pairs: 3, turns: 1, days: 0 });
  assertSame(await listOf(store.pairs()), [
    pairOf(3, { tenant: 'acme' }),
    pairOf(4, { tenant: 'acme' }),
  ]);
  assert.equal((await store.transcript().history('acme', 'c')).length, 1);
  assertSame(await store.pairDays(), days);
}

async function sweepsInPieces({ store }: StoreHarness): Promise<void> {
  const { sweep } = store;
  if (sweep === undefined) return;
  const sweepAll = async (what: 'pairs' | 'days', before: number): Promise<number[]> => {
    const pieces: number[] = [];
    for (let more = 1; more > 0; pieces.push(more)) more = await sweep.call(store, what, before);
    return pieces;
  };
  await fill(store, 'acme');
  const pairs = Array.from({ length: 500 }, (_, n) => pairOf(-n, { requestId: `old ${n}` }));
  await store.addPairs({ id: 'old', pairs });
  const pieces = await sweepAll('pairs', pairOf(1).at);
  assertSame([pieces.reduce((sum, piece) => sum + piece), pieces.at(-1)], [501, 0]);
  assert.ok(pieces.every((piece) => piece <= 10_000));
  assert.equal((await listOf(store.pairs())).length, 4);
  assert.equal((await store.transcript().history('acme', 'c')).length, 1, 'turns are not swept');
  const [first, last] = [await store.pairDays(), await store.traffic()].map(
    (days) => days.at(-1)?.day,
  );
  assertSame([first, last], ['2026-01-30', '2026-01-31']);
  await sweepAll('days', Date.parse('2026-01-31'));
  assertSame(await store.pairDays(), []);
  assert.equal((await store.traffic()).length, 1, 'the day of the time itself stays');
  await sweepAll('days', Date.parse('2026-02-01'));
  assertSame(await store.traffic(), []);
}

/** Every way to ask a store for something. */
const ways: readonly ((store: Store) => unknown)[] = [
  (store) => store.rollout('chat'),
  (store) => store.commit(nextCommit('chat', nothingYet, 'go')),
  (store) => listOf(store.audit('chat')),
  (store) => store.acknowledge({ rollout: 'chat', replica: 'a', version: 1, leaseMs: 1 }),
  (store) => store.replicas('chat'),
  (store) => store.retire('chat', 'a'),
  (store) => store.acquire('decide', 'a', 1),
  (store) => store.renew({ name: 'decide', holder: 'a', token: 1, at: 0, until: 1 }, 1),
  (store) => store.release({ name: 'decide', holder: 'a', token: 1, at: 0, until: 1 }),
  (store) => store.addPairs({ id: 'a', pairs: [pairOf(0)] }),
  (store) => listOf(store.pairs()),
  (store) => store.pairDays(),
  (store) => fill(store, 'acme'),
  (store) => store.traffic(),
  (store) => store.transcript().history('acme', 'c'),
  (store) => store.erase('acme'),
  (store) => store.prune(0),
];

async function refusesEverythingOnceClosed({ store }: StoreHarness): Promise<void> {
  await store.rollout('chat');
  const heard: number[] = [];
  store.watch('chat', { changed: ({ version }) => heard.push(version) });
  await Promise.all([store.close(), store.close()]);
  await store[Symbol.asyncDispose]();
  for (const way of ways) {
    await assert.rejects(async () => way(store), { code: 'ERR_CUTOVER_CLOSED' });
  }
  const sweeping = store.sweep?.('pairs', 0);
  if (sweeping !== undefined) await assert.rejects(sweeping, { code: 'ERR_CUTOVER_CLOSED' });
  assert.throws(() => store.watch('chat', { changed() {} }), { code: 'ERR_CUTOVER_CLOSED' });
  assertSame(heard, []);
}

async function canBeClosedUnused({ store }: StoreHarness): Promise<void> {
  await store.close();
}

async function keepsWhatAnotherWrote({ store, another }: StoreHarness): Promise<void> {
  if (another === undefined) return;
  await fill(store, 'acme');
  const { current } = await store.commit(nextCommit('chat', nothingYet, 'go'));
  await store.close();
  const later = await another();
  assertSame(await later.rollout('chat'), current);
  assertSame(await contentOf(later, 'acme'), [5, 1, 1, 1]);
}

/** What a store promises of deletion and its own end. */
export const upkeepTests: readonly StoreTest[] = [
  ['erases everything of a tenant and nothing of others', erasesATenant],
  ['keeps nothing of an erased tenant that comes late', keepsNothingThatComesLate],
  ['erases more than fits into one transaction', erasesMuch],
  ['prunes pairs and turns, and keeps the counts', prunesWhatIsOld],
  ['sweeps what is old piece by piece, pairs and counts, but no turns', sweepsInPieces],
  ['refuses everything once it is closed, and can be closed again', refusesEverythingOnceClosed],
  ['can be closed although nobody has used it', canBeClosedUnused],
  ['gives what one process wrote to the next', keepsWhatAnotherWrote],
];
