import type { Verdict } from '../../core/contracts/comparer.ts';
import type { Leg } from '../../core/stage.ts';
import type { Coverage } from './coverage.ts';
import type { Distribution } from './distribution.ts';
import type { DistributionExcess } from './distribution-excess.ts';
import type { LayerExcess, LayerRates } from './layer-says.ts';
import type { LegExcess } from './leg-excess.ts';
import type { LegFigures } from './leg-figures.ts';
import type { SharedOrigins } from './origins.ts';
import type { PairOutcome } from './pair-facts.ts';
import type { Excess, Rate } from './rate.ts';
import type { ToolCell, ToolExcess } from './tool-matrix.ts';

/** What is measured of pairs, in which form: a share or a distribution of the pairs, or what is more than noise in it. */
interface Measured<Share, Spread> {
  /** Shares of the pairs. */
  readonly outcomes: Readonly<Record<PairOutcome, Share>>;
  /** Shares of the pairs. `unknown`: a reply could not be read, or the comparison was not done in time. */
  readonly verdicts: Readonly<Record<Verdict | 'unknown', Share>>;
  /** The candidate's length by legacy's: 2 is twice as long. */
  readonly lengthRatio: Spread;
  /** Of the wording, 0 to 1. */
  readonly similarity: Spread;
  /** Cosine of the vectors of `embed`, 0 to 1; those below 0 count as 0. Without `embed` there are none. */
  readonly meaning: Spread;
  /** The candidate's milliseconds by legacy's, where both answered: 2 is twice as slow. */
  readonly latencyRatio: Spread;
  /** Tokens that went into the candidate by those into legacy, where both told. */
  readonly inputTokenRatio: Spread;
  /** Tokens that came out of the candidate by those out of legacy, where both told. */
  readonly outputTokenRatio: Spread;
  /** The candidate's cost by legacy's, where both told and both have a price. */
  readonly costRatio: Spread;
}

/** What pairs of one kind have in common. In those of legacy against itself the candidate is legacy's second run. */
export interface PairFigures extends Measured<Rate, Distribution> {
  /** What became of the exchanges that were to be compared. */
  readonly coverage: Coverage;
  /** Pairs whose verdict rests on a judge that was not calibrated: no gate may go by it. */
  readonly advisory: number;
  /** By the names of the layers, the app's own as well. */
  readonly layers: Readonly<Record<string, LayerRates>>;
  /** What each leg took and cost. */
  readonly legs: Readonly<Record<Leg, LegFigures>>;
  /** Legacy's tools against the candidate's, the most frequent first. */
  readonly tools: readonly ToolCell[];
}

/** How far every figure of the candidate lies above that of legacy against itself, with 99 % confidence. */
export interface ExcessFigures extends Measured<Excess, DistributionExcess>, SharedOrigins {
  /** Pairs of legacy against itself. */
  readonly pairs: number;
  /** Such pairs below which none of this is knowledge: `thresholds.noisePairs`. */
  readonly asked: number;
  /** Of the share of pairs whose verdict rests on a judge that was not calibrated. */
  readonly advisory: Excess;
  /** By the names of the layers. */
  readonly layers: Readonly<Record<string, LayerExcess>>;
  /** `legacy`: the run that was compared, over that of noise pairs; far from 0 where the two samples are unlike. */
  readonly legs: Readonly<Record<Leg, LegExcess>>;
  /** The most frequent calls first. */
  readonly tools: readonly ToolExcess[];
}
