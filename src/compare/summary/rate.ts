import { wilson } from '../judging/wilson.ts';

/** A share of something, with the interval in which it lies with 95 % confidence (Wilson). */
export interface Rate {
  /** How often it is so. */
  readonly count: number;
  /** How often it could have been. */
  readonly of: number;
  /** 0 to 1; absent where there is nothing to have a share of. */
  readonly share?: number;
  /** The least that it may be, 0 to 1. */
  readonly low: number;
  /** The most that it may be, 0 to 1. */
  readonly high: number;
}

/** A difference of two shares and the interval in which it lies with 99 % confidence: 0.02 are two percentage points. */
export interface Excess {
  /** The candidate's share less that of legacy against itself, −1 to 1. */
  readonly share: number;
  /** The least that it may be, −1 to 1. */
  readonly low: number;
  /** The most that it may be, −1 to 1. */
  readonly high: number;
  /** Present: there are fewer pairs of legacy against itself than `thresholds.noisePairs`, so that this is no knowledge. */
  readonly few?: true;
}

/** The normal quantile of a two-sided 99 %: for what is raised, since a report asks a dozen questions at once. */
export const raisedZ = 2.576;

/** A share with its interval. */
export function rateOf(count: number, of: number): Rate {
  return { count, of, ...(of > 0 && { share: count / of }), ...wilson(count, of) };
}

/** The share that there is at least, with 99 % confidence from both sides. */
export function leastShare({ count, of }: Rate): number {
  return wilson(count, of, raisedZ).low;
}

/** How far one share lies above another one, with 99 % confidence (Newcombe 1998, method 10). */
export function excessOf(rate: Rate, over: Rate, z = raisedZ): Excess {
  const [one, other] = [wilson(rate.count, rate.of, z), wilson(over.count, over.of, z)];
  const [p, q] = [rate.count / Math.max(1, rate.of), over.count / Math.max(1, over.of)];
  return {
    share: p - q,
    low: p - q - Math.hypot(p - one.low, other.high - q),
    high: p - q + Math.hypot(one.high - p, q - other.low),
  };
}

/** The same, of noise of which a number of pairs is asked for. */
export function excessOverNoise(rate: Rate, noise: Rate, asked: number): Excess {
  return { ...excessOf(rate, noise), ...(noise.of < asked && { few: true }) };
}
