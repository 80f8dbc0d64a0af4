import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { BoundedCounts } from './bounded-counts.ts';
import type { PairFacts } from './pair-facts.ts';
import { leastShare, type Rate, rateOf } from './rate.ts';

/** A pattern, and how many of the replies that recalled it were wrong. */
export interface PatternFigures {
  /** Of the pattern. */
  readonly key: string;
  /** Share of the compared replies that recalled it. */
  readonly wrong: Rate;
}

/** Patterns that are counted, and those of them that are told. */
const mostPatterns = 10_000;
const toldPatterns = 10;

/** Counts in which replies a pattern was recalled, the wrong ones against the right ones. */
export class RecalledPatterns {
  readonly #counts = new BoundedCounts(mostPatterns, { wrong: 0, right: 0 });

  add({ candidate }: PairRecord, { isCompared, isUnjudged, isWrong }: PairFacts): void {
    if (!isCompared || isUnjudged || candidate.recalled === undefined) return;
    const { recalled } = candidate;
    recalled.forEach((key, at) => {
      if (recalled.indexOf(key) === at) this.#counts.add(key, isWrong ? 'wrong' : 'right');
    });
  }

  /** Those that are worst even if chance was against them. */
  patterns(): PatternFigures[] {
    return this.#counts
      .entries()
      .filter(([, { wrong }]) => wrong > 0)
      .map(([key, { wrong, right }]) => ({ key, wrong: rateOf(wrong, wrong + right) }))
      .sort((a, b) => leastShare(b.wrong) - leastShare(a.wrong))
      .slice(0, toldPatterns);
  }
}
