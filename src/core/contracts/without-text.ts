import type { PairRecord } from './pair-record.ts';

/** The metrics of a pair alone. */
export function withoutText(pair: PairRecord): PairRecord {
  if (pair.text === undefined) return pair;
  const { text: _, ...metrics } = pair;
  return metrics;
}
