import assert from 'node:assert/strict';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { Store } from '../../core/contracts/store.ts';
import { hourMs } from '../../core/time/spans.ts';
import { assertSame } from './assert-same.ts';
import { pairOf } from './sample-pairs.ts';
import { bothOf, listOf, oddNames, type StoreHarness, type StoreTest } from './store-harness.ts';

const numbered = (count: number, more: Partial<PairRecord> = {}): PairRecord[] =>
  Array.from({ length: count }, (_, n) => pairOf(n, more));

async function countOf(store: Store, metric: 'pairs' | 'missed.sampled'): Promise<number> {
  const days = await store.pairDays();
  return days.reduce((sum, { counts }) => sum + (counts[metric] ?? 0), 0);
}

async function givesPairsByTime(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  // More than any driver reads at once.
  const pairs = numbered(1_100);
  // Many of one moment, in an order that has nothing to do with time.
  const shaken = pairs.map((pair, n) => ({ ...pair, at: pair.at - (n % 7) * hourMs })).reverse();
  await store.addPairs({ id: 'a', pairs: shaken.slice(0, 600) });
  await other.addPairs({ id: 'b', pairs: shaken.slice(600) });
  const read = await listOf(store.pairs());
  const times = read.map(({ at }) => at);
  assertSame(times, times.toSorted());
  const byId = (a: PairRecord, b: PairRecord) => (a.requestId < b.requestId ? -1 : 1);
  assertSame(read.toSorted(byId), shaken.toSorted(byId));
}

async function givesWhatIsAskedFor({ store }: StoreHarness): Promise<void> {
  const pairs = numbered(20);
  const theirs = pairs.map((pair) => ({ ...pair, tenant: 'other', route: 'mail' }));
  await store.addPairs({ id: 'a', pairs: [...pairs, ...theirs] });
  const later = { ...pairOf(0), requestId: 'later' };
  await store.addPairs({ id: 'b', phase: 'step 2', pairs: [later] });
  const ask = (query: Parameters<Store['pairs']>[0]) => listOf(store.pairs(query));
  assertSame(await ask({ tenant: 'other' }), theirs);
  assertSame(await ask({ route: 'mail' }), theirs);
  assertSame(await ask({ phase: 'step 2' }), [later]);
  const range = { tenant: 'acme', phase: '', from: pairs[5]?.at ?? 0, until: pairs[9]?.at ?? 0 };
  assertSame(await ask(range), pairs.slice(5, 9));
  assertSame(await ask({ tenant: 'nobody' }), []);
}

async function keepsAPairOnce(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const pairs = numbered(60);
  const miss = { ...pairOf(0), why: 'sampled', count: 3 } as const;
  const batch = { id: 'a', pairs, missed: [miss] };
  await Promise.all([store.addPairs(batch), other.addPairs(batch), store.addPairs(batch)]);
  await store.addPairs({ id: 'b', pairs: [...pairs.slice(30), pairOf(60)], missed: [miss] });
  await store.addPairs({ id: 'c', pairs: [pairOf(0, { kind: 'noise' })] });
  await store.addPairs({ id: 'd', pairs: [pairOf(0, { tenant: 'other' })] });
  // Of a server that counts its requests anew after each start, and of one request that makes two calls.
  const again = pairOf(0, { at: pairOf(0).at + 1 });
  const renamed = [again, pairOf(0, { route: 'mail' }), again];
  await Promise.all([
    store.addPairs({ id: 'e', pairs: renamed }),
    other.addPairs({ id: 'e', pairs: renamed }),
  ]);
  assert.equal((await listOf(store.pairs())).length, 65);
  assert.equal(await countOf(store, 'pairs'), 65);
  assert.equal(await countOf(store, 'missed.sampled'), 6);
}

async function countsByDay({ store }: StoreHarness): Promise<void> {
  const { legacy, candidate } = pairOf(0);
  const usage = { inputTokens: 7, outputTokens: 2 };
  const worse = { verdict: 'worse', decidedBy: 'x', layers: [], ms: 1 } as const;
  const pairs = [
    pairOf(0, { divergence: { ...worse, notes: ['refusal', 'longer'] } }),
    pairOf(1, { candidate: { ...candidate, ended: 'late' }, legacy: { ...legacy, usage } }),
    pairOf(2, { legacy: { ...legacy, ended: 'failed' } }),
  ];
  await store.addPairs({ id: 'a', pairs, missed: [{ ...pairOf(3), why: 'late', count: 4 }] });
  await store.addPairs({ id: 'b', pairs: [pairOf(13, { stage: 'live' })] });
  const [first, second, ...more] = await store.pairDays({ tenant: 'acme' });
  assert.equal(more.length, 0);
  assertSame(first, {
    day: '2026-01-30',
    phase: '',
    tenant: 'acme',
    route: 'chat',
    stage: 'shadow',
    kind: 'compare',
    counts: {
      pairs: 3,
      'verdict.worse': 1,
      'verdict.same': 2,
      'discordant.candidate': 2,
      'discordant.legacy': 1,
      'legacy.answered': 2,
      'legacy.failed': 1,
      'legacy.ms': 300,
      'legacy.chars': 30,
      'legacy.inputTokens': 7,
      'legacy.outputTokens': 2,
      'candidate.answered': 2,
      'candidate.late': 1,
      'candidate.ms': 390,
      'candidate.chars': 30,
      'slower.pairs': 1,
      'slower.ms': 30,
      'slower.squaredMs': 900,
      'note.refusal': 1,
      'note.longer': 1,
      'missed.late': 4,
    },
  });
  assertSame([second?.day, second?.stage, second?.counts.pairs], ['2026-01-31', 'live', 1]);
}

async function givesTheDaysAskedFor({ store }: StoreHarness): Promise<void> {
  await store.addPairs({ id: 'a', phase: 'step 1', pairs: numbered(72) });
  await store.addPairs({ id: 'b', pairs: numbered(5, { tenant: 'other', route: 'mail' }) });
  const days = async (query: Parameters<Store['pairDays']>[0]) =>
    (await store.pairDays(query)).map(({ day, tenant }) => `${day} ${tenant}`);
  const middle = ['2026-01-31 acme', '2026-02-01 acme'];
  assertSame(await days({ from: '2026-01-31', to: '2026-02-01' }), middle);
  assertSame(await days({ from: '2026-02-01', phase: 'step 1' }), [
    '2026-02-01 acme',
    '2026-02-02 acme',
  ]);
  assertSame(await days({ phase: '' }), ['2026-01-30 other']);
  assertSame(await days({ route: 'mail' }), ['2026-01-30 other']);
  assertSame(await days({ tenant: 'acme', to: '2026-01-30' }), ['2026-01-30 acme']);
}

async function keepsTenantsApart({ store }: StoreHarness): Promise<void> {
  const odd = oddNames.map((name, n) => pairOf(n, { tenant: name, requestId: name }));
  await store.addPairs({ id: 'a', pairs: odd });
  for (const pair of odd) {
    assertSame(await listOf(store.pairs({ tenant: pair.tenant })), [pair]);
    const days = await store.pairDays({ tenant: pair.tenant });
    assertSame(
      days.map(({ tenant, counts }) => [tenant, counts.pairs]),
      [[pair.tenant, 1]],
    );
  }
  assert.equal((await store.erase('a')).pairs, 1);
  assert.equal((await listOf(store.pairs())).length, oddNames.length - 1);
}

async function keepsOddNotes({ store }: StoreHarness): Promise<void> {
  const notes = oddNames.filter((name) => name.length < 90);
  const divergence = { verdict: 'different', decidedBy: 'x', layers: [], notes, ms: 1 } as const;
  await store.addPairs({ id: 'a', pairs: [pairOf(0, { divergence })] });
  const [day] = await store.pairDays();
  for (const note of notes) assert.equal(day?.counts[`note.${note}`], 1);
}

/** What a store promises of pairs. */
export const pairTests: readonly StoreTest[] = [
  ['gives pairs in the order of time, whoever added them', givesPairsByTime],
  ['gives the pairs of a time, tenant, route or phase', givesWhatIsAskedFor],
  ['keeps and counts a pair once, however often it comes', keepsAPairOnce],
  ['counts pairs by day, tenant, route, stage and kind', countsByDay],
  ['gives the days of a tenant, route or phase', givesTheDaysAskedFor],
  ['keeps the pairs of tenants with odd names apart', keepsTenantsApart],
  ['counts notes of any name', keepsOddNotes],
];
