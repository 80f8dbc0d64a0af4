import { type Moments, varianceOf } from '../sequential/moments.ts';
import { raisedZ } from './rate.ts';

/**
 * A difference of two means and the interval in which it lies with 99 % confidence (Welch, Biometrika 1947), in the unit of the
 * values. Means and not quantiles where a sum is paid: the mean times the replies is the bill.
 */
export interface MeanExcess {
  /** The candidate's mean less that of legacy against itself. */
  readonly difference: number;
  /** Absent: there are too few values for an interval. */
  readonly low?: number;
  /** Absent: there are too few values for an interval. */
  readonly high?: number;
  /** Present: there are fewer values of legacy against itself than `thresholds.noisePairs`, so that this is no knowledge. */
  readonly few?: true;
}

/** Student's quantile at 99 % (Cornish and Fisher 1937): within 1 % from five degrees of freedom on. */
function studentOf(freedom: number): number {
  const z = raisedZ;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** Half the width of the interval; not finite where there are too few values. */
function halfOf(one: Moments, over: Moments): number {
  const [a, b] = [varianceOf(one) / one.count, varianceOf(over) / over.count];
  if (a + b === 0) return 0;
  const freedom = (a + b) ** 2 / (a ** 2 / (one.count - 1) + b ** 2 / (over.count - 1));
  return studentOf(freedom) * Math.sqrt(a + b);
}

/** How far one mean lies above another one, of which a number of values is asked for; undefined where one has none. */
export function meanExcess(one: Moments, over: Moments, asked: number): MeanExcess | undefined {
  if (one.count === 0 || over.count === 0) return undefined;
  const difference = one.mean - over.mean;
  const half = halfOf(one, over);
  return {
    difference,
    ...(Number.isFinite(half) && { low: difference - half, high: difference + half }),
    ...(over.count < asked && { few: true }),
  };
}
