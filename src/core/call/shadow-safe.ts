import { check, issuesOf, refuse, required } from '../option-checks.ts';
import type { CallContext } from './call-context.ts';

const mark = Symbol.for('engramia-cutover.shadow-safe');

/**
 * Declares that a candidate may run in the shadow: it honours `context.mirrored` and then changes nothing in the world.
 * Marks and returns the very same function.
 *
 * @throws InvalidOptionsError when it is no function; TypeError when it is frozen and cannot be marked
 */
export function shadowSafe<A extends unknown[], R>(
  candidate: (context: CallContext, ...args: A) => R,
): (context: CallContext, ...args: A) => R {
  refuse('shadowSafe()', issuesOf({ candidate }, { candidate: required(check.function) }));
  return Object.defineProperty(candidate, mark, { value: true });
}

/** Whether a candidate was declared safe by `shadowSafe`. */
export function isShadowSafe(candidate: unknown): boolean {
  return typeof candidate === 'function' && mark in candidate;
}
