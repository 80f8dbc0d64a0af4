import { type QuantileName, quantileNames, quantiles } from './distribution.ts';
import { raisedZ } from './rate.ts';
import type { Spread } from './spread.ts';

/** A difference of two quantiles and the interval in which it lies with 99 % confidence, in the unit of the values. */
export interface QuantileExcess {
  /** The candidate's quantile less that of legacy against itself. */
  readonly difference: number;
  /** Absent: too few values to say how small it may be. */
  readonly low?: number;
  /** Absent: too few values to say how large it may be. */
  readonly high?: number;
}

/**
 * How far the candidate's values lie above those of legacy against itself. Quantiles and not means: ratios and durations are
 * skewed, so that one reply of a hundredfold length moves a mean, while the median tells the usual reply and the tails
 * where it hurts.
 */
export interface DistributionExcess
  extends Readonly<Partial<Record<QuantileName, QuantileExcess>>> {
  /** Values of the candidate. */
  readonly count: number;
  /** Values of legacy against itself. */
  readonly noise: number;
  /** Present: there are fewer of those than `thresholds.noisePairs`, so that this is no knowledge. */
  readonly few?: true;
}

interface Around {
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A quantile between two order statistics (Hahn and Meeker, Statistical Intervals, 1991), whatever the distribution; their
 * ranks by the normal approximation with its correction for continuity, on the outer edges of the slots.
 */
function around(spread: Spread, share: number): Around {
  const { count } = spread;
  const rank = share * count;
  const half = raisedZ * Math.sqrt(rank * (1 - share));
  return {
    at: spread.at(rank),
    low: spread.lowAt(Math.floor(rank - half)),
    high: spread.highAt(Math.ceil(rank + half + 0.5)),
  };
}

const finite = (name: 'low' | 'high', value: number): Partial<QuantileExcess> =>
  Number.isFinite(value) ? { [name]: value } : {};

/** The interval of a difference from those of its parts (Zou and Donner, Statistics in Medicine 2008). */
function between(one: Around, over: Around): QuantileExcess {
  const difference = one.at - over.at;
  return {
    difference,
    ...finite('low', difference - Math.hypot(one.at - one.low, over.high - over.at)),
    ...finite('high', difference + Math.hypot(one.high - one.at, over.at - over.low)),
  };
}

/** How far one distribution lies above another one, of which a number of values is asked for. */
export function distributionExcess(one: Spread, over: Spread, asked: number): DistributionExcess {
  const sides = { count: one.count, noise: over.count };
  const few = over.count < asked ? { few: true as const } : {};
  if (one.count === 0 || over.count === 0) return { ...sides, ...few };
  const told = quantileNames.map((name) => {
    const share = quantiles[name];
    return [name, between(around(one, share), around(over, share))];
  });
  return { ...sides, ...few, ...Object.fromEntries(told) };
}
