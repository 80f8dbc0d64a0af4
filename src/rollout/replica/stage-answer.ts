import { type Stage, stageNames } from '../../core/stage.ts';

/** What the flags of a rollout answer, in OpenFeature's words. */
export interface RolloutFlagAnswer {
  readonly value: string;
  readonly variant?: string;
  readonly reason: string;
  readonly errorCode?: string;
}

/** The answer that is a stage. */
export interface StageAnswer extends RolloutFlagAnswer {
  readonly value: Stage;
}

/**
 * One frozen answer a stage: none is made on a call. What is asked on every call holds these instead of the stages' names:
 * to look an answer up by a name that was read from JSON costs as much as half a hash.
 */
export const stageAnswers = Object.freeze(
  Object.fromEntries(
    stageNames.map((stage) => [
      stage,
      Object.freeze({ value: stage, variant: stage, reason: 'SPLIT' }),
    ]),
  ),
) as Readonly<Record<Stage, StageAnswer>>;

/** How a rollout answers at once, for the flags of it. */
export const answering = new WeakMap<object, (tenant: string) => StageAnswer | undefined>();
