import assert from 'node:assert/strict';
import type { Lease } from '../../core/contracts/rollout-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import { assertSame } from './assert-same.ts';
import { nextCommit, nothingYet } from './sample-trail.ts';
import { bothOf, oddNames, type StoreHarness, type StoreTest } from './store-harness.ts';

const longMs = 600_000;
/** Where time is real, somebody waits so long. */
const shortMs = 40;

async function take(store: Store, name: string, holder: string, ttlMs = longMs): Promise<Lease> {
  const { ok, lease } = await store.acquire(name, holder, ttlMs);
  assert.ok(ok, `${holder} must get the lease`);
  assert.equal(lease.until - lease.at, ttlMs);
  return lease;
}

/** A lease that has run out, given for so long that it was there for a while. */
async function takeUntilOver(harness: StoreHarness, name: string, holder: string): Promise<Lease> {
  const lease = await take(harness.store, name, holder, shortMs);
  await harness.advance?.(shortMs);
  for (let over = false; !over; ) {
    const { now } = await harness.store.replicas('any');
    over = now >= lease.until;
  }
  return lease;
}

async function hasOneHolder(harness: StoreHarness): Promise<void> {
  const stores = await bothOf(harness);
  const holders = Array.from({ length: 10 }, (_, n) => `replica-${n}`);
  const answers = await Promise.all(
    holders.map((holder, n) => (stores[n % 2] as Store).acquire('decide', holder, longMs)),
  );
  const winner = answers.find(({ ok }) => ok)?.lease;
  assert.equal(answers.filter(({ ok }) => ok).length, 1);
  for (const { lease } of answers) assertSame(lease, winner);
}

async function renewsWhatIsHeld(harness: StoreHarness): Promise<void> {
  const lease = await take(harness.store, 'decide', 'a');
  const { ok, lease: renewed } = await harness.store.renew(lease, 2 * longMs);
  assert.ok(ok);
  assertSame([renewed.token, renewed.until - renewed.at], [lease.token, 2 * longMs]);
  assert.ok(renewed.at >= lease.at);
  assert.equal((await harness.store.acquire('decide', 'b', longMs)).lease.until, renewed.until);
}

async function takesANewToken({ store }: StoreHarness): Promise<void> {
  const first = await take(store, 'decide', 'a');
  const second = await take(store, 'decide', 'a');
  assert.ok(second.token > first.token, 'a holder that starts anew must be told from its old self');
  assert.equal((await store.renew(first, longMs)).ok, false);
  await store.release(first);
  assert.equal(
    (await store.acquire('decide', 'b', longMs)).ok,
    false,
    'a stale release is ignored',
  );
  await store.release(second);
  await store.release(second);
  assert.ok((await take(store, 'decide', 'b')).token > second.token);
}

async function passesOnWhatHasRunOut(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const lost = await takeUntilOver(harness, 'decide', 'a');
  assert.equal((await store.renew(lost, longMs)).ok, false, 'what has run out is lost');
  const taken = await take(other, 'decide', 'b');
  assert.ok(taken.token > lost.token);
  assertSame(await store.renew(lost, longMs), { ok: false, lease: taken });
}

async function fencesLateWriters(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const late = await takeUntilOver(harness, 'decide', 'a');
  const fence = { name: 'decide', token: late.token };
  const first = await store.commit({ ...nextCommit('chat', nothingYet, 'first'), fence });
  assert.ok(first.ok, 'nobody has taken the lease yet');
  const taken = await take(other, 'decide', 'b');
  const commit = nextCommit('chat', first.current, 'late');
  assertSame(await store.commit({ ...commit, fence }), {
    ok: false,
    why: 'fence',
    current: first.current,
  });
  const unknown = { name: 'nobody has it', token: 1 };
  assert.equal((await store.commit({ ...commit, fence: unknown })).ok, false);
  const newer = { name: 'decide', token: taken.token };
  assert.ok((await other.commit({ ...commit, fence: newer })).ok);
}

async function keepsLeasesApart({ store }: StoreHarness): Promise<void> {
  for (const name of oddNames) await take(store, name, `of ${name}`);
  for (const name of oddNames) {
    const { ok, lease } = await store.acquire(name, 'somebody else', longMs);
    assertSame([ok, lease.name, lease.holder], [false, name, `of ${name}`]);
  }
}

async function listsReplicas(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const told = { rollout: 'chat', leaseMs: longMs };
  const answer = await store.acknowledge({ ...told, replica: 'b', version: 0 });
  assert.equal(answer.version, 0);
  assert.equal(answer.until - answer.now, longMs);
  const { ok } = await store.commit(nextCommit('chat', nothingYet, 'go'));
  assert.ok(ok);
  assert.equal((await other.acknowledge({ ...told, replica: 'a', version: 1 })).version, 1);
  await other.acknowledge({ ...told, rollout: 'other', replica: 'a', version: 7 });
  const report = await store.replicas('chat');
  assertSame(
    report.replicas.map(({ replica, version }) => [replica, version]),
    [
      ['a', 1],
      ['b', 0],
    ],
  );
  for (const { seenAt, until } of report.replicas) {
    assert.ok(seenAt <= report.now);
    assert.equal(until, seenAt + longMs);
  }
  await store.retire('chat', 'a');
  assert.equal((await other.replicas('chat')).replicas.length, 1);
  assert.equal((await other.replicas('other')).replicas.length, 1, 'of that rollout alone');
}

async function listsThoseWhoseLeaseIsOver(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const told = { rollout: 'chat', version: 1 };
  const { until } = await store.acknowledge({ ...told, replica: 'gone', leaseMs: shortMs });
  await harness.advance?.(shortMs);
  for (let isOver = false; !isOver; ) {
    const { now } = await other.acknowledge({ ...told, replica: 'there', leaseMs: longMs });
    isOver = now > until;
  }
  const { now, replicas } = await store.replicas('chat');
  assertSame(
    replicas.map((replica) => [replica.replica, replica.until > now]),
    [
      ['gone', false],
      ['there', true],
    ],
  );
}

async function neverShortensALease({ store }: StoreHarness): Promise<void> {
  const told = { rollout: 'chat', replica: 'a' };
  const { until } = await store.acknowledge({ ...told, version: 5, leaseMs: longMs });
  const late = await store.acknowledge({ ...told, version: 4, leaseMs: 1 });
  assert.equal(late.until, until);
  const [replica] = (await store.replicas('chat')).replicas;
  assertSame([replica?.version, replica?.until], [4, until]);
}

async function notesLessons(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  const told = { rollout: 'chat', version: 1, leaseMs: longMs };
  const lessonsOf = async (): Promise<unknown[]> => {
    const { replicas } = await other.replicas('chat');
    return replicas.map(({ replica, pending, learned }) => [replica, pending, learned]);
  };
  await store.acknowledge({ ...told, replica: 'a', pending: 12, learned: 3_000_000_000 });
  await store.acknowledge({ ...told, replica: 'b' });
  assertSame(await lessonsOf(), [
    ['a', 12, 3_000_000_000],
    ['b', undefined, undefined],
  ]);
  const { until } = (await store.replicas('chat')).replicas[0] ?? {};
  await other.acknowledge({ ...told, replica: 'a', leaseMs: 0, pending: 0, learned: 12 });
  await other.acknowledge({ ...told, replica: 'b', pending: 1 });
  assertSame(await lessonsOf(), [
    ['a', 0, 12],
    ['b', 1, undefined],
  ]);
  const [last] = (await store.replicas('chat')).replicas;
  assert.equal(last?.until, until, 'a last word ends no lease, and gives none');
}

async function keepsReplicasApart({ store }: StoreHarness): Promise<void> {
  for (const [version, replica] of oddNames.entries()) {
    await store.acknowledge({ rollout: 'chat', replica, version, leaseMs: longMs });
  }
  const { replicas } = await store.replicas('chat');
  const versions = new Map(replicas.map(({ replica, version }) => [replica, version]));
  for (const [version, replica] of oddNames.entries()) assert.equal(versions.get(replica), version);
  assert.equal(replicas.length, oddNames.length);
}

/** What a store promises of leases and replicas. */
export const leaseTests: readonly StoreTest[] = [
  ['gives a lease to one of many', hasOneHolder],
  ['extends a lease that is held', renewsWhatIsHeld],
  ['gives a new token with every change of hands, to the same holder too', takesANewToken],
  ['passes a lease on that has run out, and refuses to extend it', passesOnWhatHasRunOut],
  ['refuses the commit of a holder whose lease somebody else has taken', fencesLateWriters],
  ['keeps leases with odd names apart', keepsLeasesApart],
  ['lists what the replicas of a rollout have seen, until they are retired', listsReplicas],
  ['lists replicas whose lease is over, for a while', listsThoseWhoseLeaseIsOver],
  ['notes what a replica says last, and never shortens its lease', neverShortensALease],
  [
    'keeps what a replica has told last of what it has to learn, and of none that told nothing',
    notesLessons,
  ],
  ['keeps replicas with odd names apart', keepsReplicasApart],
];
