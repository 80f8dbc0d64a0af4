import type { RolloutState } from '../core/contracts/rollout-state.ts';
import { CutoverError, isCutoverError } from '../core/errors.ts';
import { wordsOf } from './contained-words.ts';

/**
 * Why an action was not taken. `refused`: its conditions are not met. `conflict`: somebody else was faster. `unreachable`:
 * the store has failed, or its answer was lost, and `cause` says how; a rollback is in force in this process all the same.
 */
export type RolloutErrorReason = 'refused' | 'conflict' | 'unreachable';

/** An action that was not taken, with all that stands in its way and the state that there is. */
export class RolloutError extends CutoverError {
  readonly why: RolloutErrorReason;
  /** Everything that has to change first, a sentence each. */
  readonly blockers: readonly string[];
  /** What is in force; undefined where it is not known. */
  readonly current: RolloutState | undefined;

  constructor(
    action: string,
    why: RolloutErrorReason,
    blockers: readonly string[],
    options: { readonly current?: RolloutState | undefined; readonly cause?: unknown } = {},
  ) {
    const { current, cause } = options;
    const now =
      current === undefined ? '' : ` It is version ${current.version}, ${current.status}.`;
    const message = `${action} was not done (${why}): ${blockers.join('; ')}.${now}`;
    super('ERR_CUTOVER_ROLLOUT', message, cause === undefined ? undefined : { cause });
    this.name = 'RolloutError';
    this.why = why;
    this.blockers = Object.freeze([...blockers]);
    this.current = current;
  }
}

/**
 * What the store has answered to an action that changes something, or to one that only asks.
 *
 * @throws RolloutError where it has failed, and what was refused as it is
 */
export async function answered<T>(
  action: string,
  answer: Promise<T>,
  { changes }: { readonly changes: boolean },
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isCutoverError(error)) throw error;
    const failed = `the store has failed (${wordsOf(error)})`;
    const what = changes
      ? `${failed}: if its answer alone was lost, it is done all the same`
      : failed;
    throw new RolloutError(`${action}()`, 'unreachable', [what], { cause: error });
  }
}
