import { CutoverError } from '../../core/errors.ts';
import { isStage, type Stage } from '../../core/stage.ts';
import type { FlagResolution } from '../provider.ts';

/** The stage that a provider answered. Throws what is wrong with the answer. */
export function stageOf(answer: FlagResolution, provider: string, flagKey: string): Stage {
  if (answer.errorCode !== undefined || answer.reason === 'ERROR') {
    const code = String(answer.errorCode ?? 'ERROR').slice(0, 60);
    throw contained(`Flag provider ${provider} could not evaluate ${flagKey}: ${code}.`);
  }
  if (isStage(answer.value)) return answer.value;
  throw contained(
    `Flag ${flagKey} of provider ${provider} names no stage: ${shown(answer.value)}.`,
  );
}

function contained(message: string): CutoverError {
  return new CutoverError('ERR_CUTOVER_CONTAINED', message);
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 60))
    : `a value of type ${typeof value}`;
}
