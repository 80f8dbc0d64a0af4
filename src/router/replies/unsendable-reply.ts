import { attempt } from '../../core/attempt.ts';
import { CutoverError } from '../../core/errors.ts';

const code = 'ERR_CUTOVER_UNSENDABLE_REPLY';

/** Why a candidate's reply cannot be sent, in a sentence that holds nothing of it: so logs may show it. */
export const unsendable = (sentence: string, options?: ErrorOptions): CutoverError =>
  new CutoverError(code, sentence, options);

/** That sentence; undefined for any other reason to fail. */
export const unsendableWords = (reason: unknown): string | undefined =>
  attempt(() =>
    reason instanceof CutoverError && reason.code === code ? reason.message : undefined,
  );
