import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import { type Moments, varianceOf } from './moments.ts';

/** How sure an interval is to be, and where it is to be narrow. */
export interface ConfidenceSequenceOptions {
  /** Chance that the truth is ever outside, over all looks: between 0 and 1. @default 0.05 */
  readonly alpha?: number;
  /** The number of values at which the interval is as narrow as it can be. @default 5_000 */
  readonly tunedFor?: number;
  /** Values below which there is no interval: what it rests on holds for many only. @default 100 */
  readonly least?: number;
}

/** A difference and where the truth lies. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const checks = { alpha: check.chance, tunedFor: check.positive, least: check.count };

/**
 * Half the width of an asymptotic confidence sequence (Waudby-Smith et al., arXiv 2103.06476), in the form that GrowthBook's
 * gbstats ships. `error` is the standard error of the estimate, `count` the number of values behind it.
 */
function halfWidth(error: number, count: number, alpha: number, tunedFor: number): number {
  const log = -2 * Math.log(alpha);
  const rhoSquared = (log + Math.log(log + 1)) / tunedFor;
  const spread = count * rhoSquared + 1;
  const perValue =
    ((2 * spread) / (count * count * rhoSquared)) * Math.log(Math.sqrt(spread) / alpha);
  return error * Math.sqrt(count) * Math.sqrt(perValue);
}

function around(estimate: number, half: number): Interval | undefined {
  return Number.isFinite(half) && Number.isFinite(estimate)
    ? { estimate, low: estimate - half, high: estimate + half }
    : undefined;
}

/**
 * Where the mean of paired differences lies, looked at as often as one likes; undefined: too few to say.
 *
 * @throws InvalidOptionsError for options that are no such numbers.
 */
export function meanInterval(
  differences: Moments,
  options: ConfidenceSequenceOptions = {},
): Interval | undefined {
  refuse('a confidence sequence', issuesOf(options, checks));
  const { alpha = 0.05, tunedFor = 5_000, least = 100 } = options;
  const { count, mean } = differences;
  if (!(count >= least)) return undefined;
  const error = Math.sqrt(varianceOf(differences) / count);
  return around(mean, halfWidth(error, count, alpha, tunedFor));
}

/**
 * Where the difference of two means lies, the second less the first, where no request went through both; undefined: too few in
 * one of them.
 *
 * @throws InvalidOptionsError for options that are no such numbers.
 */
export function differenceInterval(
  first: Moments,
  second: Moments,
  options: ConfidenceSequenceOptions = {},
): Interval | undefined {
  refuse('a confidence sequence', issuesOf(options, checks));
  const { alpha = 0.05, tunedFor = 5_000, least = 100 } = options;
  if (!(first.count >= least && second.count >= least)) return undefined;
  const error = Math.sqrt(varianceOf(first) / first.count + varianceOf(second) / second.count);
  const count = first.count + second.count;
  return around(second.mean - first.mean, halfWidth(error, count, alpha, tunedFor));
}
