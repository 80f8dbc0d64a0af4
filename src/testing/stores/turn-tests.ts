import assert from 'node:assert/strict';
import type { ServedTurns } from '../../core/contracts/transcript.ts';
import { dayMs } from '../../core/time/spans.ts';
import { assertSame } from './assert-same.ts';
import { bothOf, oddNames, type StoreHarness, type StoreTest } from './store-harness.ts';

function served(at: number, more: Partial<ServedTurns> = {}): ServedTurns {
  const leg = 'legacy';
  const turns = [
    { role: 'user', text: `question ${at}`, leg, at },
    { role: 'assistant', text: `answer ${at} \0 \ud800`, leg, at },
  ] as const;
  return { tenant: 'acme', conversation: 'c', requestId: `request-${at}`, at, turns, ...more };
}

const ats = (turns: readonly { at: number }[]): number[] => turns.map(({ at }) => at);

async function givesTheConversation(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  for (const at of [30, 10, 20, 40]) await store.transcript().append(served(at));
  await other.transcript().append(served(20));
  const transcript = other.transcript();
  const turns = await transcript.history('acme', 'c');
  assertSame(
    turns,
    [10, 20, 30, 40].flatMap((at) => served(at).turns),
  );
  assertSame(ats(await transcript.history('acme', 'c', { limit: 3 })), [30, 40, 40]);
  assertSame(ats(await transcript.history('acme', 'c', { before: 30 })), [10, 10, 20, 20]);
  const last = await transcript.history('acme', 'c', { before: 30, limit: 1 });
  assertSame(last, served(20).turns.slice(1));
  assertSame(await transcript.history('acme', 'c', { limit: 0 }), []);
  assertSame(await transcript.history('acme', 'nobody'), []);
}

async function keepsCallsOfOneName(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  // Of a server that counts its requests anew after each start, and of a job that is done twice.
  await store.transcript().append(served(10, { requestId: 'req-1' }));
  await other.transcript().append(served(20, { requestId: 'req-1' }));
  await other.transcript().append(served(20, { requestId: 'req-1' }));
  const turns = await store.transcript().history('acme', 'c');
  assertSame(ats(turns), [10, 10, 20, 20]);
}

async function keepsConversationsApart({ store }: StoreHarness): Promise<void> {
  const transcript = store.transcript();
  for (const [at, name] of oddNames.entries()) {
    const names = { tenant: name, conversation: name, requestId: name };
    await transcript.append(served(at, names));
    await transcript.append(served(at + 1_000, { ...names, conversation: 'c' }));
  }
  for (const [at, name] of oddNames.entries()) {
    assertSame(ats(await transcript.history(name, name)), [at, at]);
    assertSame(ats(await transcript.history(name, 'c')), [at + 1_000, at + 1_000]);
  }
}

async function erasesConversations({ store }: StoreHarness): Promise<void> {
  const transcript = store.transcript();
  const tomorrow = Date.now() + dayMs;
  await transcript.append(served(10));
  await transcript.append(served(10, { conversation: 'd' }));
  await transcript.append(served(10, { tenant: 'other' }));
  await transcript.erase('acme', 'c');
  assertSame(await transcript.history('acme', 'c'), []);
  assert.equal((await transcript.history('acme', 'd')).length, 2);
  await transcript.append(served(20));
  assertSame(await transcript.history('acme', 'c'), [], 'what comes late is not kept');
  await transcript.append(served(tomorrow, { answeredAt: 20, requestId: 'ahead' }));
  assertSame(await transcript.history('acme', 'c'), [], 'nor what had a later moment given');
  await transcript.append(served(tomorrow));
  assert.equal((await transcript.history('acme', 'c')).length, 2);
  await transcript.erase('acme');
  assertSame(await transcript.history('acme', 'd'), []);
  assert.equal((await transcript.history('other', 'c')).length, 2);
}

async function carriesItsOptions({ store }: StoreHarness): Promise<void> {
  const redact = (text: string): string => text;
  const { redact: kept, maxTurnChars } = store.transcript({ redact, maxTurnChars: 7 });
  assert.deepEqual([kept, maxTurnChars], [redact, 7]);
}

/** What a store promises of transcripts. */
export const turnTests: readonly StoreTest[] = [
  [
    'gives a conversation in order, up to a moment, and the latest turns of it',
    givesTheConversation,
  ],
  ['keeps every exchange of calls that have one name', keepsCallsOfOneName],
  ['keeps conversations with odd names apart', keepsConversationsApart],
  ['erases a conversation, or all of a tenant, and what comes late of it', erasesConversations],
  ['gives a transcript the redaction and the cap that it is asked for', carriesItsOptions],
];
