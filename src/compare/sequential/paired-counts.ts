/** How often the candidate was worse than legacy, as good, and better, in pairs of answers to one and the same request. */
export interface PairedCounts {
  /** The candidate was wrong, legacy was not. */
  readonly worse: number;
  /** Both were right, or both were wrong. */
  readonly same: number;
  /** Legacy was wrong, the candidate was not. */
  readonly better: number;
}

/** Whether counts are counts: what has gone through a file or a database may be anything. */
export function areCounts({ worse, same, better }: PairedCounts): boolean {
  return [worse, same, better].every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** The number of pairs. */
export function pairsOf({ worse, same, better }: PairedCounts): number {
  return worse + same + better;
}
