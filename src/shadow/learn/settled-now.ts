import { disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';

/**
 * What a callback answered, if it answered: a promise is none, and what it rejects with is nobody's to handle.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it is a promise
 */
export function settledNow<T>(answer: T): T {
  if (!isThenable(answer)) return answer;
  disregard(answer);
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    'The callback returned a promise; its answer is needed at once.',
  );
}
