import type { Bets } from './bets.ts';
import { logMeanExp } from './log-mean-exp.ts';
import { type PairedCounts, pairsOf } from './paired-counts.ts';

/** What had been counted when a later bet began. */
export interface LateStart extends PairedCounts {
  /** The first is 1. */
  readonly nth: number;
}

/** Pairs after which another bet begins. */
const every = 100;

/**
 * The part of the stake that all later bets have together. So small a part costs hardly any more pairs where there is harm from the
 * start.
 */
const share = 0.05;

const [logFirst, logShare] = [Math.log1p(-share), Math.log(share)];

/** Shares of 1/2, 1/6, 1/12 and so on, which are 1 in all. */
const logWeight = ({ nth }: LateStart): number => logShare - Math.log(nth * (nth + 1));

const since = (counts: PairedCounts, start: PairedCounts): PairedCounts => ({
  worse: counts.worse - start.worse,
  same: counts.same - start.same,
  better: counts.better - start.better,
});

/**
 * Evidence of harm that may have come at any time: a bet on all pairs, and with a small part of the stake one from every
 * hundredth on. What each can win is bounded by its part, so that all together are one bet that nobody can expect to win by;
 * alone, the first would have to win back all that it lost while nothing was wrong. The logarithm.
 */
export function lateEvidence(
  bets: Bets,
  counts: PairedCounts,
  starts: readonly LateStart[] = [],
): number {
  const parts = [logFirst + bets.logEvidence(counts)];
  for (const start of starts) parts.push(logWeight(start) + bets.logEvidence(since(counts, start)));
  // The sum of the parts, not their mean.
  return logMeanExp(parts) + Math.log(parts.length);
}

/** Whether it decides now. */
export function lateDecides(
  bets: Bets,
  counts: PairedCounts,
  starts: readonly LateStart[] = [],
): boolean {
  // A sum is at most its largest part times their number, which in nearly all looks is not enough.
  const enough = bets.enough - Math.log(starts.length + 1);
  if (
    logFirst + bets.mostEvidence(counts) < enough &&
    starts.every((start) => logWeight(start) + bets.mostEvidence(since(counts, start)) < enough)
  ) {
    return false;
  }
  return lateEvidence(bets, counts, starts) >= bets.enough;
}

/** The pairs of the bet that has won most, where that is a later one: what is said of all pairs would not show the harm. */
export function harmfulStretch(
  bets: Bets,
  counts: PairedCounts,
  starts: readonly LateStart[] = [],
): PairedCounts | undefined {
  let most = logFirst + bets.logEvidence(counts);
  let stretch: PairedCounts | undefined;
  for (const start of starts) {
    const its = since(counts, start);
    const evidence = logWeight(start) + bets.logEvidence(its);
    if (evidence <= most) continue;
    most = evidence;
    stretch = its;
  }
  return stretch;
}

/** Whether a start is kept: the older, the fewer, two of each age to its double. */
const isKept = ({ nth }: LateStart, now: number): boolean =>
  nth % 2 ** Math.max(0, Math.floor(Math.log2(now - nth)) - 1) === 0;

/** The starts after these counts, one more if it is time for that. */
export function startsAfter(
  counts: PairedCounts,
  starts: readonly LateStart[] = [],
): readonly LateStart[] {
  const last = starts.at(-1);
  if (pairsOf(counts) < (last === undefined ? 0 : pairsOf(last)) + every) return starts;
  const { worse, same, better } = counts;
  const nth = (last?.nth ?? 0) + 1;
  return [...starts.filter((start) => isKept(start, nth)), { nth, worse, same, better }];
}
