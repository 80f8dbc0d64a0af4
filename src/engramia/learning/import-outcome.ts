import type { ImportOutcome } from '../../core/contracts/learner.ts';
import { isEngramiaError } from '../../core/errors.ts';
import type { ImportAnswer } from '../answers.ts';
import { notLearned } from './learn-outcome.ts';

/** What the refusal of a batch means, where it means more than that of one lesson. */
const byStatus: Readonly<Record<number, 'forbidden' | 'tooLarge' | 'invalid'>> = {
  400: 'invalid',
  403: 'forbidden',
  413: 'tooLarge',
  422: 'invalid',
};

/** How an import that was answered ended. */
export function imported(answer: ImportAnswer): ImportOutcome {
  return { kind: 'imported', imported: answer.imported };
}

/** How an import that failed ended. */
export function notImported(error: unknown): ImportOutcome {
  const outcome = notLearned(error);
  if (outcome.kind !== 'refused' || !isEngramiaError(error)) return outcome;
  const kind = error.code === 'ERR_ENGRAMIA_REQUEST' ? 'invalid' : byStatus[error.status ?? 0];
  return kind === undefined ? outcome : { kind, error };
}
