import type { CompareLayerName, LayerSay } from '../../core/contracts/compare-options.ts';
import type { Overlap } from './jaccard.ts';
import type { Tokens } from './tokens.ts';
import type { WordQuestion } from './word-question.ts';

/** The words of both replies, and what they have in common. */
export interface PairWords {
  readonly legacy: Tokens;
  readonly candidate: Tokens;
  readonly overlap: Overlap;
}

/**
 * A layer of the library that goes by the words of both texts. It sees nothing else, so that it can be asked in a thread, and
 * is not asked when the texts are equal.
 */
export interface WordLayer {
  readonly name: CompareLayerName;
  readonly overrules?: readonly CompareLayerName[];
  /** What it would find in equal texts. */
  readonly ofEqual: LayerSay;
  look(words: PairWords, asked: WordQuestion): LayerSay | undefined;
}
