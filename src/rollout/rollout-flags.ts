import type { RampListener } from '../core/ramp-listener.ts';
import { type Stage, stageNames } from '../core/stage.ts';
import type { Rollout } from './rollout.ts';

/** What the flags of a rollout answer, in OpenFeature's words. */
export interface RolloutFlagAnswer {
  readonly value: string;
  readonly variant?: string;
  readonly reason: string;
  readonly errorCode?: string;
}

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

// One frozen answer a stage: none is made on a call.
const answers = Object.freeze(
  Object.fromEntries(
    stageNames.map((stage) => [
      stage,
      Object.freeze({ value: stage, variant: stage, reason: 'SPLIT' }),
    ]),
  ),
) as Readonly<Record<Stage, RolloutFlagAnswer>>;

/**
 * Flags by a rollout: synchronous, by the last state that is known. Before any is, the evaluation fails, and the cutover's
 * `defaultStage` holds.
 *
 * @example
 * const flags = rolloutFlags(rollout);
 * const cutover = createCutover({ flags, pairs: rollout.pairs });
 */
export function rolloutFlags(
  rollout: Pick<Rollout, 'name' | 'stageOf'> & Partial<Pick<Rollout, 'onRamp'>>,
): RolloutFlags {
  const { onRamp } = rollout;
  return {
    metadata: { name: `rollout ${rollout.name}` },
    inProcess: true,
    ...(onRamp && { onRamp: (listener) => onRamp.call(rollout, listener) }),
    resolveStringEvaluation(_flagKey, defaultValue, { targetingKey }) {
      const stage = targetingKey === undefined ? undefined : rollout.stageOf(targetingKey);
      if (stage !== undefined) return answers[stage];
      return { value: defaultValue, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' };
    },
  };
}
