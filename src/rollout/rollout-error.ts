import type { RolloutState } from '../core/contracts/rollout-state.ts';
import { CutoverError } from '../core/errors.ts';

/**
 * Why an action was not taken. `refused`: its conditions are not met. `conflict`: somebody else was faster. `unreachable`:
 * the store could not be asked; a rollback is in force in this process all the same.
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
