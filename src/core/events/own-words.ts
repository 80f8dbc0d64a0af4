import { attempt } from '../attempt.ts';
import { CutoverError } from '../errors.ts';
import type { Operation } from './events.ts';

/** Errors of these codes say in words of the library alone what is wrong, and what mends it. */
const plain =
  /^ERR_(?:ENGRAMIA_\w+|CUTOVER_(?:CONTAINED|DEADLINE|CLOSED|UNSENDABLE_REPLY|HAND_BACK))$/;

/** Options that are refused may name what the app has given; of a key nothing is ever shown. */
const plainOfKeys = 'ERR_CUTOVER_INVALID_OPTIONS';

/**
 * The sentence of an error of the library's own, after a blank, for a line of the log. Empty for all others: what the app
 * and its plug-ins throw may hold anything, and so may what a flag provider tells of itself.
 */
export function ownWords(operation: Operation, error: unknown): string {
  return (
    attempt(() => {
      if (!(error instanceof CutoverError) || operation === 'flags.provider') return '';
      const isPlain =
        plain.test(error.code) || (operation === 'engramia.key' && error.code === plainOfKeys);
      return isPlain ? ` ${error.message}` : '';
    }) ?? ''
  );
}
