import type { Stage } from '../core/stage.ts';
import type { FlagResolution } from './provider.ts';
import { stageResolutions } from './stage-resolutions.ts';

const answers = stageResolutions('DEFAULT');

/** The answer of a provider that has nothing to say. */
export function defaultAnswer(defaultStage: string): FlagResolution {
  return answers[defaultStage as Stage] ?? { value: defaultStage, reason: 'DEFAULT' };
}
