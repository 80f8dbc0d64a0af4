import { attempt } from '../core/attempt.ts';
import { issuesOf, type OptionCheck, refuse, required } from '../core/option-checks.ts';
import type { Caller, RunInit } from './call.ts';

/**
 * Of what an app hands in with a call, what `run` promises to look at, looked at once: an object of its own may have fields
 * that are called like what adapters tell of their callers. One that does not let itself be looked at tells nothing.
 */
export function toCaller(init: RunInit | null | undefined): Caller | undefined {
  if (typeof init !== 'object' || init === null) return undefined;
  return attempt(() => factsOf(init));
}

const factsOf = ({ signal, requestId, waitUntil }: RunInit): Caller => ({
  signal,
  requestId,
  waitUntil,
});

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
