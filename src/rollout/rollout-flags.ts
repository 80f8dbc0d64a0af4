import type { RampListener } from '../core/contracts/ramp-listener.ts';
import { having, issuesOf, refuse, required } from '../core/option-checks.ts';
import {
  answering,
  type RolloutFlagAnswer,
  type StageAnswer,
  stageAnswers,
} from './replica/stage-answer.ts';
import type { Rollout } from './rollout.ts';

/** A flag provider that answers from memory; it fits a cutover's `flags`. */
export interface RolloutFlags {
  readonly metadata: { readonly name: string };
  readonly inProcess: true;
  /** Tells of the ramp: what a cutover emits as `stage` and `gate`. */
  onRamp?(listener: RampListener): Disposable;
  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: { readonly targetingKey?: string },
  ): RolloutFlagAnswer;
}

/**
 * Flags by a rollout: synchronous, by the last state that is known. Before any is, the evaluation fails, and the cutover's
 * `defaultStage` holds.
 *
 * @example
 * const flags = rolloutFlags(rollout);
 * const cutover = createCutover({ flags, pairs: rollout.pairs });
 * @throws InvalidOptionsError when it is no rollout.
 */
export function rolloutFlags(
  rollout: Pick<Rollout, 'name' | 'stageOf'> & Partial<Pick<Rollout, 'onRamp'>>,
): RolloutFlags {
  refuse('rolloutFlags()', issuesOf({ rollout }, { rollout: required(having('stageOf')) }));
  const { onRamp } = rollout;
  const answerOf = answering.get(rollout) ?? byStage(rollout);
  return {
    metadata: { name: `rollout ${rollout.name}` },
    inProcess: true,
    ...(onRamp && { onRamp: (listener) => onRamp.call(rollout, listener) }),
    resolveStringEvaluation(_flagKey, defaultValue, { targetingKey }) {
      const answer = targetingKey === undefined ? undefined : answerOf(targetingKey);
      return answer ?? { value: defaultValue, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' };
    },
  };
}

function byStage(rollout: Pick<Rollout, 'stageOf'>): (tenant: string) => StageAnswer | undefined {
  return (tenant) => {
    const stage = rollout.stageOf(tenant);
    return stage === undefined ? undefined : stageAnswers[stage];
  };
}
