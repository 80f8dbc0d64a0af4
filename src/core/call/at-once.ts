import { disregard } from '../attempt.ts';
import { CutoverError } from '../errors.ts';
import { isThenable } from './observation.ts';

/**
 * What a callback of the app answered, if it did: a promise is no answer yet, and what it rejects with is nobody's to handle.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it is a promise
 */
export function atOnce<Answer>(answer: Answer, callback: string): Answer {
  if (!isThenable(answer)) return answer;
  disregard(answer);
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    `The callback ${callback} answered with a promise; its answer is needed at once.`,
  );
}
