import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { costOf } from './leg-figures.ts';
import type { PairFacts } from './pair-facts.ts';
import { ratioScale, type Scale, shareScale } from './spread.ts';
import type { TokenPrice } from './summary-options.ts';

/** What is measured of a pair. */
export type MeasureName =
  | 'lengthRatio'
  | 'similarity'
  | 'meaning'
  | 'latencyRatio'
  | 'inputTokenRatio'
  | 'outputTokenRatio'
  | 'costRatio';

/** What each leg's tokens cost; both legs of a noise pair are legacy. */
export interface PairPrices {
  readonly legacy: TokenPrice | undefined;
  readonly candidate: TokenPrice | undefined;
}

interface Measure {
  readonly scale: Scale;
  /** Undefined: the pair does not tell. */
  readonly of: (pair: PairRecord, facts: PairFacts, prices: PairPrices) => number | undefined;
}

/** Undefined of nothing: there is no saying how many times larger something is. */
function ratio(candidate: number | undefined, legacy: number | undefined): number | undefined {
  return candidate === undefined || !legacy ? undefined : candidate / legacy;
}

/** What is measured of each pair, and how. Each is told of the candidate, of legacy against itself, and of what is more. */
export const measures: Readonly<Record<MeasureName, Measure>> = {
  lengthRatio: { scale: ratioScale, of: (_, { ratio: length }) => length },
  similarity: { scale: shareScale, of: (_, { similarity }) => similarity },
  meaning: { scale: shareScale, of: (_, { cosine }) => cosine && Math.max(0, cosine) },
  latencyRatio: {
    scale: ratioScale,
    of: ({ legacy, candidate }, { outcome }) =>
      outcome === 'bothAnswered' ? ratio(candidate.durationMs, legacy.durationMs) : undefined,
  },
  inputTokenRatio: {
    scale: ratioScale,
    of: ({ legacy, candidate }) => ratio(candidate.usage?.inputTokens, legacy.usage?.inputTokens),
  },
  outputTokenRatio: {
    scale: ratioScale,
    of: ({ legacy, candidate }) => ratio(candidate.usage?.outputTokens, legacy.usage?.outputTokens),
  },
  costRatio: {
    scale: ratioScale,
    of: ({ legacy, candidate }, _, prices) =>
      ratio(costOf(candidate.usage, prices.candidate), costOf(legacy.usage, prices.legacy)),
  },
};

/** The names of what is measured. */
export const measureNames = Object.keys(measures) as MeasureName[];
