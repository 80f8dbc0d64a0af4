import { attempt } from '../core/attempt.ts';
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
