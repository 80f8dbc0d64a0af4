import { atOnce } from '../../core/call/at-once.ts';
import { CutoverError } from '../../core/errors.ts';

/**
 * A call's arguments as a snapshot of the app's own copied them: a leg that was run without them would look as if it had failed.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it gave a promise, or no list
 */
export function ownArguments(copies: unknown): unknown[] {
  const given = atOnce(copies, 'snapshot');
  if (Array.isArray(given)) return given;
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    'The callback snapshot gave no list of arguments.',
  );
}
