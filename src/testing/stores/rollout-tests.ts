import assert from 'node:assert/strict';
import type { RolloutCommit, StoredRollout } from '../../core/contracts/rollout-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import type { Stage } from '../../core/stage.ts';
import { assertSame } from './assert-same.ts';
import { entriesAfter, nextCommit, nothingYet, stateOf } from './sample-trail.ts';
import { bothOf, listOf, oddNames, type StoreHarness, type StoreTest } from './store-harness.ts';

/** Commits the next version, and gives what is there then. */
async function step(store: Store, rollout: string, reason = 'step'): Promise<StoredRollout> {
  const result = await store.commit(nextCommit(rollout, await store.rollout(rollout), reason));
  assert.ok(result.ok);
  return result.current;
}

/** The trail must link from its first entry to the head, and the last state must be the head's. */
async function assertWhole(store: Store, rollout: string): Promise<void> {
  const { version, head, state } = await store.rollout(rollout);
  const entries = await listOf(store.audit(rollout));
  let previous = nothingYet.head.hash;
  for (const [seq, entry] of entries.entries()) {
    assert.equal(entry.seq, seq);
    assert.equal(entry.previous, previous);
    previous = entry.hash;
  }
  assertSame(head, { length: entries.length, hash: previous });
  assert.equal(state?.version ?? 0, version);
  if (state !== undefined) assert.equal(state.actor, entries.at(-1)?.reason);
}

async function knowsNothingYet({ store }: StoreHarness): Promise<void> {
  assertSame(await store.rollout('chat'), nothingYet);
  assertSame(await listOf(store.audit('chat')), []);
}

async function keepsWhatWasCommitted(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const overrides: Record<string, Stage> = Object.fromEntries(
    oddNames.map((name) => [name, 'live'] as const),
  );
  for (let n = 0; n < 10_000; n += 1) overrides[`tenant-${n}`] = 'shadow';
  const state = stateOf(1, { overrides, why: 'a\0b \ud800' });
  const [plain] = entriesAfter('chat', nothingYet.head, 'go');
  assert.ok(plain !== undefined);
  const entry = { ...plain, before: null, after: { percent: 5.5 }, evidence: [{ '\0': 1e21 }] };
  const commit = { rollout: 'chat', expectVersion: 0, expectHead: nothingYet.head.hash };
  const result = await store.commit({ ...commit, state, entries: [entry] });
  const current = { version: 1, state, head: { length: 1, hash: entry.hash } };
  assertSame(result, { ok: true, current });
  assertSame(await other.rollout('chat'), current);
  assertSame(await listOf(other.audit('chat')), [entry]);
}

async function commitsEitherAlone({ store }: StoreHarness): Promise<void> {
  const first = await step(store, 'chat');
  const commit = { rollout: 'chat', expectVersion: 1, expectHead: first.head.hash };
  const entries = entriesAfter('chat', first.head, 'a', 'b');
  const noted = await store.commit({ ...commit, entries });
  assert.ok(noted.ok);
  assertSame([noted.current.version, noted.current.state], [1, first.state]);
  assert.equal(noted.current.head.length, 3);
  const state = stateOf(7);
  const moved = await store.commit({
    ...commit,
    expectHead: noted.current.head.hash,
    state,
    entries: [],
  });
  assertSame(moved.current, { version: 7, state, head: noted.current.head });
}

async function letsOneOperatorWin(harness: StoreHarness): Promise<void> {
  const stores = await bothOf(harness);
  for (let round = 0; round < 5; round += 1) {
    const there = await stores[0].rollout('chat');
    const commits = Array.from({ length: 8 }, (_, n) => nextCommit('chat', there, `operator ${n}`));
    const results = await Promise.all(
      commits.map((commit, n) => (stores[n % 2] as Store).commit(commit)),
    );
    const winners = results.filter((result) => result.ok);
    assert.equal(winners.length, 1, 'exactly one of the operators must win');
    for (const result of results) {
      assertSame(result.current, winners[0]?.current);
      if (!result.ok) assert.equal(result.why, 'version');
    }
  }
  await assertWhole(stores[1], 'chat');
}

async function countsEveryStep(harness: StoreHarness): Promise<void> {
  const stores = await bothOf(harness);
  const operate = async (store: Store, name: string): Promise<void> => {
    for (let made = 0; made < 6; ) {
      const result = await store.commit(nextCommit('chat', await store.rollout('chat'), name));
      if (result.ok) made += 1;
    }
  };
  await Promise.all([0, 1, 2, 3].map((n) => operate(stores[n % 2] as Store, `operator ${n}`)));
  assert.equal((await stores[0].rollout('chat')).version, 24);
  await assertWhole(stores[0], 'chat');
}

async function refusesAnotherHead({ store }: StoreHarness): Promise<void> {
  const there = await step(store, 'chat');
  const stray = { length: 1, hash: 'f'.repeat(64) };
  const refused = await store.commit(nextCommit('chat', { version: 1, head: stray }, 'stray'));
  assertSame(refused, { ok: false, why: 'head', current: there });
  const late = entriesAfter('chat', { ...there.head, length: 5 }, 'late');
  const commit = { rollout: 'chat', expectVersion: 1, expectHead: there.head.hash };
  assertSame(await store.commit({ ...commit, entries: late }), {
    ok: false,
    why: 'head',
    current: there,
  });
  await assertWhole(store, 'chat');
}

async function refusesContradictions({ store }: StoreHarness): Promise<void> {
  const good = nextCommit('chat', nothingYet, 'go');
  const [entry] = good.entries;
  assert.ok(entry !== undefined);
  const [, stray] = entriesAfter('chat', nothingYet.head, 'x', 'y');
  assert.ok(stray !== undefined);
  const broken: readonly Partial<RolloutCommit>[] = [
    { state: stateOf(0) },
    { state: stateOf(1.5) },
    { expectVersion: 1 },
    { expectVersion: -1 },
    { entries: [{ ...entry, previous: 'e'.repeat(64) }] },
    { entries: [{ ...entry, rollout: 'other' }] },
    { entries: [{ ...entry, hash: 'short' }] },
    { entries: [entry, stray] },
    { entries: [entry, { ...stray, previous: entry.hash, seq: 5 }] },
  ];
  for (const wrong of broken) {
    const commit = { ...good, ...wrong };
    await assert.rejects(store.commit(commit), { code: 'ERR_CUTOVER_INVALID_OPTIONS' });
  }
  const { state: _, ...nothing } = good;
  await assert.rejects(store.commit({ ...nothing, entries: [] }), { name: 'InvalidOptionsError' });
  assertSame(await store.rollout('chat'), nothingYet);
}

async function takesALostAnswerAgain(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const commit = nextCommit('chat', nothingYet, 'go');
  const again = await Promise.all([store.commit(commit), other.commit(commit)]);
  assertSame(
    again.map(({ ok }) => ok),
    [true, true],
  );
  const there = await step(store, 'chat');
  assertSame(await other.commit(commit), { ok: true, current: there });
  assert.equal(there.head.length, 2);
  await assertWhole(store, 'chat');
}

async function leavesNothingOfAFailure(harness: StoreHarness): Promise<void> {
  const { store } = harness;
  const there = await step(store, 'chat');
  const commit = nextCommit('chat', there, 'broken');
  const [entry] = commit.entries;
  assert.ok(entry !== undefined);
  const unwritable = { ...entry, evidence: 1n };
  await assert.rejects(store.commit({ ...commit, entries: [unwritable] }), TypeError);
  const mend = await harness.breakEntries?.();
  if (mend !== undefined) {
    await assert.rejects(store.commit(commit), 'entries that cannot be written must be told');
    assertSame(await store.rollout('chat'), there);
    await mend();
  }
  assertSame(await store.rollout('chat'), there);
  assert.ok((await store.commit(commit)).ok);
  await assertWhole(store, 'chat');
}

async function keepsRolloutsApart({ store }: StoreHarness): Promise<void> {
  for (const [n, name] of oddNames.entries()) await step(store, name, `rollout ${n}`);
  for (const [n, name] of oddNames.entries()) {
    const { version, state } = await store.rollout(name);
    assertSame([version, state?.actor], [1, `rollout ${n}`]);
    assert.equal((await listOf(store.audit(name)))[0]?.rollout, name);
  }
}

async function readsATrailFromAnyPlace({ store }: StoreHarness): Promise<void> {
  const reasons = Array.from({ length: 250 }, (_, n) => `reason ${n}`);
  const entries = entriesAfter('chat', nothingYet.head, ...reasons);
  const commit = { rollout: 'chat', expectVersion: 0, expectHead: nothingYet.head.hash };
  assert.ok((await store.commit({ ...commit, entries })).ok);
  assertSame(await listOf(store.audit('chat')), entries);
  assertSame(await listOf(store.audit('chat', 249)), entries.slice(249));
  assertSame(await listOf(store.audit('chat', 250)), []);
}

async function handsOutCopies({ store }: StoreHarness): Promise<void> {
  await step(store, 'chat');
  const read = (await store.rollout('chat')).state as { percent: number };
  read.percent = 100;
  assertSame((await store.rollout('chat')).state, stateOf(1, { actor: 'step' }));
}

/** What a store promises of rollouts and their trails. */
export const rolloutTests: readonly StoreTest[] = [
  ['knows nothing of a rollout before its first commit', knowsNothingYet],
  ['keeps a state and its entries as they were, large and odd ones too', keepsWhatWasCommitted],
  ['commits a state without entries, and entries without a state', commitsEitherAlone],
  ['lets one of many operators win, and tells the others what is there', letsOneOperatorWin],
  ['makes every step of many operators in one line of versions', countsEveryStep],
  ['refuses entries that hang on another head, and changes nothing', refusesAnotherHead],
  ['refuses a commit that contradicts itself', refusesContradictions],
  ['takes a commit whose answer was lost again, and makes it once', takesALostAnswerAgain],
  ['leaves neither state nor entries of a commit that fails in between', leavesNothingOfAFailure],
  ['keeps rollouts with odd names apart', keepsRolloutsApart],
  ['reads a trail from any place', readsATrailFromAnyPlace],
  ['hands out states that can be changed without harm', handsOutCopies],
];
