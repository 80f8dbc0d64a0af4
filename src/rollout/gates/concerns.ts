import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { type Leg, stages } from '../../core/stage.ts';

/** The leg that answers the users whose pairs a source has. */
const servedBy: Readonly<Record<'pairs' | 'live-pairs', Leg>> = {
  pairs: 'legacy',
  'live-pairs': 'candidate',
};

/** Whether a pair belongs to a source. */
export function concernsPair(source: 'pairs' | 'live-pairs', pair: PairRecord): boolean {
  return pair.served === servedBy[source];
}

/** Whether misses belong to a source. */
export function concernsMisses(source: 'pairs' | 'live-pairs', misses: MissedPairs): boolean {
  return misses.kind === 'compare' && stages[misses.stage].serves === servedBy[source];
}
