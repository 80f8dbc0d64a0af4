import type { CompareThresholds } from '../core/contracts/compare-options.ts';

/** From where on a difference counts, unless the app says otherwise; where each comes from is told with its option. */
export const defaultThresholds: Readonly<Record<keyof CompareThresholds, number>> = {
  longer: 2,
  shorter: 0.5,
  slower: 2,
  lexical: 0.3,
  embedding: 0.8,
};

/** Bounds that are no options: below them a measure says nothing about a single pair. */
export const floors = {
  /** Code points that the longer reply needs before a ratio of lengths means anything: "Yes." and "Yes, sure." are alike. */
  lengthChars: 120,
  /** Milliseconds that a slower reply must be slower by: below, schedulers decide. */
  slowerMs: 250,
  /** Tokens of the shorter reply up to which being contained in the other one counts, not the share of both. */
  containedTokens: 8,
} as const;

/** What may be done in one go on the event loop: a quarter of a millisecond, measured by `bench/compare.ts`. */
export const goes = {
  /** Characters of a text that are tokenized in one go. */
  tokenizedChars: 8_000,
  /**
   * Characters of the longer text up to which words are read on the loop. Reading those of 2,000 takes 170 to 250 µs of it,
   * asking the thread 60 to 110 whatever the length (`bench/compare.ts`); texts of one word repeated stay below a go, too.
   */
  loopChars: 2_000,
  /** The same in scripts without spaces, which have a token a character. */
  denseLoopChars: 1_000,
} as const;
