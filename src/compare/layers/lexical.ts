import { floors } from '../thresholds.ts';
import { rougeL } from '../words/rouge.ts';
import type { PairWords, WordLayer } from '../words/word-layer.ts';

/** A few words are contained in an answer or they are not: the share of both would depend on the other's length alone. */
function sharedWords({ legacy, candidate, overlap }: PairWords): number {
  const shorter = Math.min(legacy.hashes.length, candidate.hashes.length);
  return shorter <= floors.containedTokens ? overlap.contained : overlap.jaccard;
}

/** How much of the wording is the same: as sets of words, and in order. */
export const lexical: WordLayer = {
  name: 'lexical',
  overrules: ['exact'],
  ofEqual: { say: 'same', metrics: { similarity: 1, jaccard: 1, rougeL: 1 } },
  look(words, asked) {
    const { legacy, candidate, overlap } = words;
    const rouge = asked.ordered ? rougeL(legacy.hashes, candidate.hashes) : undefined;
    const shared = sharedWords(words);
    const isShort = shared !== overlap.jaccard;
    const similarity = isShort || rouge === undefined ? shared : (shared + rouge) / 2;
    return {
      say: similarity >= asked.lexical ? 'similar' : 'different',
      metrics: {
        similarity,
        jaccard: overlap.jaccard,
        ...(rouge !== undefined && { rougeL: rouge }),
      },
      notes: rouge === undefined ? ['rouge-skipped'] : [],
    };
  },
};
