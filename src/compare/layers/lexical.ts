import type { Layer } from '../layer.ts';
import type { Pair, PairWords } from '../pair.ts';
import { rougeL } from '../rouge.ts';
import { sharedRougeWorker } from '../rouge-worker.ts';
import { floors, goes } from '../thresholds.ts';

/** On the loop as long as it is quick there, in the worker otherwise. */
function rougeOf({ legacy, candidate, words }: Pair): number | Promise<number | undefined> {
  const { hashes: first } = words.legacy;
  const { hashes: second } = words.candidate;
  const isQuick =
    Math.max(legacy.text.length, candidate.text.length) <= goes.rougeChars &&
    Math.max(first.length, second.length) <= goes.rougeTokens;
  // Copies: the worker takes over the memory that it is given.
  return isQuick ? rougeL(first, second) : sharedRougeWorker().ask(first.slice(), second.slice());
}

/** A few words are contained in an answer or they are not: the share of both would depend on the other's length alone. */
function sharedWords({ legacy, candidate, overlap }: PairWords): number {
  const shorter = Math.min(legacy.hashes.length, candidate.hashes.length);
  return shorter <= floors.containedTokens ? overlap.contained : overlap.jaccard;
}

/** How much of the wording is the same: as sets of words, and in order. */
export const lexical: Layer = {
  name: 'lexical',
  overrules: ['exact'],
  readsText: true,
  needsWords: true,
  async look(pair, { thresholds }) {
    const { words } = pair;
    const rouge = await rougeOf(pair);
    const shared = sharedWords(words);
    const isShort = shared !== words.overlap.jaccard;
    const similarity = isShort || rouge === undefined ? shared : (shared + rouge) / 2;
    return {
      say: similarity >= thresholds.lexical ? 'similar' : 'different',
      metrics: {
        similarity,
        jaccard: words.overlap.jaccard,
        ...(rouge !== undefined && { rougeL: rouge }),
      },
      notes: rouge === undefined ? ['rouge-skipped'] : [],
    };
  },
};
