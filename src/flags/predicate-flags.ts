import { isThenable } from '../core/call/observation.ts';
import { CutoverError } from '../core/errors.ts';
import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import type { Stage } from '../core/stage.ts';
import type { EvaluationContext, FlagProvider, FlagResolution } from './provider.ts';
import { stageResolutions } from './stage-resolutions.ts';
import { stageCheck } from './tenant-stages.ts';

/** The two stages that a predicate chooses between. */
export interface PredicateFlagsOptions {
  /** Stage where the predicate says false. */
  from: Stage;
  /** Stage where the predicate says true. */
  to: Stage;
  /**
   * The predicate answers synchronously from memory: it is asked on every call and a change is seen at once. Otherwise
   * its answer for the same tenant, user and attributes is kept for up to 5 seconds, and held when it fails.
   * @default false
   */
  inProcess?: boolean | undefined;
}

const optionChecks = {
  from: required(stageCheck),
  to: required(stageCheck),
  inProcess: check.boolean,
};
const answers = stageResolutions('TARGETING_MATCH');

/**
 * Flags from a function of the app that says who has been moved.
 *
 * @example
 * const flags = predicateFlags(({ targetingKey }) => isEnabled(targetingKey), { from: 'shadow', to: 'live' });
 * @throws InvalidOptionsError naming everything that is wrong.
 */
export function predicateFlags(
  predicate: (context: EvaluationContext) => boolean | PromiseLike<boolean>,
  options: PredicateFlagsOptions,
): FlagProvider {
  refuse('predicateFlags()', [
    ...issuesOf({ predicate }, { predicate: required(check.function) }),
    ...issuesOf(options, optionChecks),
  ]);
  const { from, to, inProcess = false } = options;

  const answer = (verdict: unknown): FlagResolution => {
    // A truthy "false" or a forgotten return must not move a tenant.
    if (typeof verdict === 'boolean') return verdict ? answers[to] : answers[from];
    throw new CutoverError(
      'ERR_CUTOVER_CONTAINED',
      `A flag predicate must answer true or false, not ${typeof verdict}.`,
    );
  };
  return {
    metadata: { name: 'predicate' },
    inProcess,
    resolveStringEvaluation(_flagKey, _defaultValue, context) {
      const verdict = predicate(context);
      return isThenable(verdict) ? Promise.resolve(verdict).then(answer) : answer(verdict);
    },
  };
}
