import type { StageReason, StageResolution } from '../../core/contracts/stage-source.ts';
import { type Stage, stageNames, stages } from '../../core/stage.ts';

function answersBecause(reason: StageReason): Readonly<Record<Stage, StageResolution>> {
  const table: Record<string, StageResolution> = Object.create(null);
  for (const stage of stageNames)
    table[stage] = Object.freeze({ stage, reason, plan: stages[stage] });
  return Object.freeze(table) as Readonly<Record<Stage, StageResolution>>;
}

/** Every answer that the router can get, by reason and stage: frozen and shared, the hot path makes none. */
export const stageAnswers: Readonly<Record<StageReason, Readonly<Record<Stage, StageResolution>>>> =
  Object.freeze({
    flag: answersBecause('flag'),
    cached: answersBecause('cached'),
    'last-known': answersBecause('last-known'),
    default: answersBecause('default'),
  });
