import { attempt } from '../core/attempt.ts';
import { idleField } from '../core/idle-field.ts';
import {
  check,
  issuesOf,
  type OptionCheck,
  refuse,
  required,
  show,
} from '../core/option-checks.ts';
import type { Caller, RunInit } from './call.ts';
import type { Route } from './route/route.ts';

/**
 * Of what an app hands in with a call, what `run` promises to look at, looked at once: an object of its own may have fields
 * that are called like what adapters tell of their callers. One that does not let itself be looked at tells nothing. What
 * would do nothing, a misspelt field say, is warned of: a user waits, and must not be the one who finds it.
 */
export function toCaller(
  init: RunInit | null | undefined,
  route: Pick<Route, 'name' | 'warnOnce'>,
): Caller | undefined {
  if (init === undefined || init === null) return undefined;
  const caller = typeof init === 'object' ? attempt(() => factsOf(init)) : undefined;
  const idle = attempt(() => idleIn(init, caller));
  if (idle !== undefined) {
    route.warnOnce('run', `run() of route "${route.name}" does not use ${idle}.`, route.name);
  }
  return caller;
}

const factsOf = ({ signal, requestId, waitUntil }: RunInit): Caller => ({
  signal,
  requestId,
  waitUntil,
});

const known = ['signal', 'requestId', 'waitUntil'];

/** The first thing of an init that does nothing. */
function idleIn(init: RunInit, caller: Caller | undefined): string | undefined {
  if (typeof init !== 'object') return `${show(init)}: it takes an object with ${known.join(', ')}`;
  if (isSignal(init)) return 'a signal by itself: it takes { signal }';
  const { signal, waitUntil } = caller ?? {};
  if (isGiven(signal) && !isSignal(signal)) return 'its signal, which is no AbortSignal';
  if (isGiven(waitUntil) && typeof waitUntil !== 'function')
    return 'its waitUntil, which is no function';
  const idle = idleField(init, known);
  return idle === undefined ? undefined : `${show(idle)}: it takes ${known.join(', ')}`;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
const isSignal = (value: unknown): boolean =>
  value instanceof AbortSignal || check.heardSignal.test(value);

const list: OptionCheck = {
  test: Array.isArray,
  must: 'be a list of the handler’s arguments, as in run([userId, message])',
};

/** Those that a function was called with, as its `arguments`. */
const isOwnArguments = (args: unknown): args is ArrayLike<unknown> =>
  Object.prototype.toString.call(args) === '[object Arguments]';

/**
 * What `run` is called with: a text in the place of a list would be spread into its letters. Functions that pass on what they
 * got may give their `arguments`.
 *
 * @throws InvalidOptionsError for what is no list
 */
export function toArguments<A extends unknown[]>(args: A): A {
  if (Array.isArray(args)) return args;
  if (isOwnArguments(args)) return Array.from<unknown>(args) as A;
  refuse('run()', issuesOf({ args }, { args: required(list) }));
  return args;
}
