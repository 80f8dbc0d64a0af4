import { disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';

const refusal = (what: string): CutoverError =>
  new CutoverError('ERR_CUTOVER_CONTAINED', `The callback snapshot ${what}.`);

/**
 * The copy that a snapshot of the app's own gave. What a promise rejects with is nobody's to handle.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it is a promise
 */
export function ownSnapshot<Copy>(copy: Copy): Copy {
  if (!isThenable(copy)) return copy;
  disregard(copy);
  throw refusal('answered with a promise; its copy is needed at once');
}

/**
 * The same of a call's arguments: a leg that was run without them would look as if it had failed.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it is no list either
 */
export function ownArguments(copies: unknown): unknown[] {
  const given = ownSnapshot(copies);
  if (Array.isArray(given)) return given;
  throw refusal('gave no list of arguments');
}
