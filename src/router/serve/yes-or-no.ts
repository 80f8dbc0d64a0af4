import { disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';
import type { Operation, Reporter } from '../../core/events/events.ts';

/** Whether a rule of the app said yes. One whose answer cannot be used says no for good, and would never be known to. */
export function saidYes(
  answer: unknown,
  operation: Operation,
  { reporter, route }: { readonly reporter: Reporter; readonly route: string },
): boolean {
  if (typeof answer === 'boolean') return answer;
  if (answer === undefined || answer === null) return false;
  disregard(answer);
  const what = isThenable(answer) ? 'a promise, and is needed at once' : `of type ${typeof answer}`;
  const message = `The callback ${operation} must answer true or false; its answer is ${what}.`;
  reporter.contained(operation, new CutoverError('ERR_CUTOVER_CONTAINED', message), { route });
  return false;
}
