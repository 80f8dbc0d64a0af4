import { disregard } from '../attempt.ts';
import { CutoverError } from '../errors.ts';

/**
 * The text that a callback of the app gave. A promise is none, and what it rejects with is nobody's to handle.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it is no text
 */
export function givenText(answer: unknown, callback: string): string {
  if (typeof answer === 'string') return answer;
  disregard(answer);
  throw new CutoverError('ERR_CUTOVER_CONTAINED', `The callback ${callback} gave no text.`);
}
