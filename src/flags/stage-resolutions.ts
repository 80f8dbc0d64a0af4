import { type Stage, stageNames } from '../core/stage.ts';
import type { FlagResolution } from './provider.ts';

/** Why a built-in provider answers as it does, in OpenFeature's words. */
type FlagReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT';

/** One frozen answer a stage, shared by all evaluations, so that none of them makes an object. */
export function stageResolutions(reason: FlagReason): Readonly<Record<Stage, FlagResolution>> {
  const table: Record<string, FlagResolution> = Object.create(null);
  for (const stage of stageNames) {
    table[stage] = Object.freeze({ value: stage, variant: stage, reason });
  }
  return Object.freeze(table) as Readonly<Record<Stage, FlagResolution>>;
}
