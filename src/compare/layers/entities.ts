import { areSwapped } from '../entities.ts';
import { signsTurned, unitsReplaced } from '../numbers/number-conflicts.ts';
import { numbersOfBoth } from '../numbers/numbers-of.ts';
import type { WordLayer } from '../words/word-layer.ts';

/** How many of the first are not among the second. */
function without(first: ReadonlySet<number>, second: ReadonlySet<number>): number {
  let count = 0;
  for (const value of first) if (!second.has(value)) count += 1;
  return count;
}

/**
 * Whether numbers, their signs, currencies or units were replaced by others, or names and numbers have changed places.
 * Numbers that are only missing or only added are a matter of length.
 */
export const entities: WordLayer = {
  name: 'entities',
  ofEqual: { say: 'none' },
  look({ legacy, candidate }) {
    const [before, now] = numbersOfBoth(legacy, candidate);
    const metrics = {
      numbersMissing: without(before, now),
      numbersAdded: without(now, before),
      signsTurned: signsTurned(legacy, candidate),
      unitsReplaced: unitsReplaced(legacy, candidate),
    };
    const areReplaced = metrics.numbersMissing > 0 && metrics.numbersAdded > 0;
    const noticed = {
      numbers: areReplaced || metrics.signsTurned > 0 || metrics.unitsReplaced > 0,
      swapped: areSwapped(legacy, candidate),
    };
    const notes = Object.entries(noticed).flatMap(([note, isSo]) => (isSo ? [note] : []));
    return { say: notes.length > 0 ? 'different' : 'none', metrics, notes };
  },
};
