import type { MissedPairs, PairRecord, PairSink } from 'engramia-cutover';

/** A sink that keeps what it is told. */
export interface CollectedPairs extends PairSink {
  readonly pairs: PairRecord[];
  readonly misses: MissedPairs[];
  /** `flush` and `close`, in the order in which they were called. */
  readonly calls: string[];
  /** Misses of a kind by their reasons, summed up. */
  missedBy(kind?: PairRecord['kind']): Record<string, number>;
}

/** Makes a sink for tests, with whatever one of them changes. */
export function collectedPairs(over: Partial<PairSink> = {}): CollectedPairs {
  const pairs: PairRecord[] = [];
  const misses: MissedPairs[] = [];
  const calls: string[] = [];
  const noted = (call: string) => async (): Promise<void> => void calls.push(call);
  return {
    pairs,
    misses,
    calls,
    add: (pair) => void pairs.push(pair),
    missed: (missed) => void misses.push(missed),
    flush: noted('flush'),
    close: noted('close'),
    missedBy(kind = 'compare') {
      const sums: Record<string, number> = {};
      for (const { why, count, ...missed } of misses) {
        if (missed.kind === kind) sums[why] = (sums[why] ?? 0) + count;
      }
      return sums;
    },
    ...over,
  };
}
