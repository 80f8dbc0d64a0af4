import { attempt } from '../core/attempt.ts';
import type { Lease } from '../core/contracts/rollout-store.ts';
import { isCutoverError } from '../core/errors.ts';
import { errorFacts } from '../core/events/error-facts.ts';

/** What of a rollout can fail without anybody who waits for it, and what follows from it. */
const follows = {
  start: 'its tenants are in the defaultStage until the state can be read; it is tried again',
  watch: 'newer states are not seen until it works again, and the last that is known is obeyed',
  acknowledge: 'if it goes on for a lease, this process counts as out of contact',
  look: 'meanwhile nothing climbs, and nothing is rolled back by itself',
  rollback:
    'in this process it is in force, in others not before the store has taken it, which is tried again: order it in them as well',
  freeze: 'nobody is taken back, since legacy is known to be dead; it is tried again',
  pairs: 'compared pairs wait for the store, up to a bound, and are sent again',
  traffic: 'counts of calls wait for the store, up to a bound, and are sent again',
  trail: 'what was heard of the cutovers waits for the store, and is entered later',
  sweep: 'what is old is deleted later',
  checkpoint: 'the entry is in the trail, and nothing vouches for it before the next checkpoint',
  probe: 'it says nothing of legacy: mend probeLegacy',
  gate: 'it is invalid, so that nothing climbs: mend it',
  release: 'another leads once the lease has run out',
  close: 'what is left goes on for as long as the process does',
  complete: 'how much waits to be learned is not known, so that nothing is completed: mend outbox',
} as const;

/** What failed. */
export type Contained = keyof typeof follows;

/** What is not what failed: it is entering it that did. */
const entering: Partial<Record<Contained, string>> = {
  rollback: 'to enter a rollback',
  freeze: 'to enter a freeze',
};

/** Errors of ours, whose messages say what to do and hold nobody's text. */
const sayable = new Set<string | undefined>([
  'ERR_CUTOVER_STATE',
  'ERR_CUTOVER_INVALID_OPTIONS',
  'ERR_CUTOVER_CONTAINED',
]);

/** What `pg` throws without a code, always in the same words. */
const wordsOfPg = new Set<unknown>([
  'Query read timeout',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/** What our own part of a store throws where the pool gives nothing: the code is that of a network. */
const wordsOfPool = /^The pool gave no connection within \d+ ms: [\w ,]+/;

/** What a driver says in words that hold nothing of the app's; SQLite has one code for all, and words for each. */
function wordsOfDriver(error: unknown): string {
  const { errstr, message } = (error ?? {}) as { errstr?: unknown; message?: unknown };
  const ofPool = typeof message === 'string' ? wordsOfPool.exec(message)?.[0] : undefined;
  const word = wordsOfPg.has(message) ? message : (ofPool ?? errstr);
  return typeof word === 'string' ? ` (${word.slice(0, 120)})` : '';
}

/** Name and code of what was thrown: its message may hold anything, unless it is known. */
export function wordsOf(error: unknown): string {
  const { name, code } = errorFacts(error);
  if (isCutoverError(error) && sayable.has(code)) return error.message.replace(/\.$/, '');
  const named = code === undefined ? name : `${name} ${code}`;
  return `${named}${attempt(() => wordsOfDriver(error)) ?? ''}`;
}

/** What is told of it: what failed, by what, and what follows. */
export function containedWords(
  rollout: string,
  what: Contained,
  error: unknown,
  whose?: string,
): string {
  const which = whose === undefined ? '' : ` ${whose.slice(0, 60)}`;
  return `${entering[what] ?? what}${which} of the rollout ${rollout.slice(0, 60)} failed: ${wordsOf(error)}; ${follows[what]}.`;
}

/** What is told of a store that no longer has a version that it had. */
export function lostWords(version: number, there: number | undefined): string {
  const lost = `the store has lost commits: version ${version} was there, now`;
  if (there === undefined) {
    return `${lost} there is no state. Everybody obeys what was known: restore it: a process that starts finds nothing to obey, and begins anew where the trail is gone as well.`;
  }
  return `${lost} ${there === version ? 'another one is' : `it is ${there}`}. Everybody obeys what is there: order again what was lost, a rollback first of all.`;
}

/** What is told of two processes of one name. */
export function sharedWords(rollout: string, identity: string): string {
  const both = `two processes of the rollout ${rollout.slice(0, 60)} have the identity ${identity.slice(0, 60)}`;
  return `${both}: what one of them obeys is acknowledged for both. Give each its own, or none.`;
}

/** What is told of a state that is not as its trail has it. */
export function unenteredWords(rollout: string, { version }: { version: number }, what: string) {
  const its = `version ${version} of the rollout ${rollout.slice(0, 60)}`;
  return `${its} is not what its trail has entered (${what}): somebody has changed it in the store itself. It is obeyed, and no entry says who did it or why: look who can write there, and roll back or enter a word on it, by hold() and resume() say.`;
}

/** What is told of a lease that keeps everybody from leading. */
export function stuckWords(rollout: string, { holder, until }: Lease): string {
  const till = attempt(() => new Date(until).toISOString()) ?? 'the end of time';
  const its = `the lease of the rollout ${rollout.slice(0, 60)} is held by ${holder.slice(0, 60)} until ${till}`;
  return `${its}, far longer than leases last: nobody else looks at its gates, and nothing is rolled back by itself. If no process of that name leads, let acquire() of the store tell the lease, and give it back by release().`;
}
