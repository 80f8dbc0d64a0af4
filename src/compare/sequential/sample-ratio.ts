import { InvalidOptionsError } from '../../core/errors.ts';
import { logGamma } from './log-gamma.ts';

/** One side of a split. */
export interface SampleArm {
  /** Requests that it got. */
  readonly count: number;
  /** The share that it should have got, by the sticky buckets and each tenant's traffic. The shares are scaled to a sum of 1. */
  readonly share: number;
}

/** What the counts say of the split. */
export interface SampleRatioReading {
  /** Logarithm of the e-value against "every request fell by these shares". */
  readonly logEvidence: number;
  /** The split is not the one that was meant: chance of a false alarm over all looks at most `alpha`. */
  readonly mismatch: boolean;
}

/** Weight of the shares that are meant against all others, in requests: less finds large deviations sooner, more small ones. */
const concentration = 100;

/**
 * A test of a sample ratio that stays valid however often one looks (Lindon and Malek, NeurIPS 2022).
 *
 * @param alpha Chance of a false alarm over all looks. @default 0.001
 * @throws InvalidOptionsError for shares that are none, or an alpha that is not between 0 and 1.
 */
export function sampleRatio(arms: readonly SampleArm[], alpha = 0.001): SampleRatioReading {
  const total = arms.reduce((sum, { share }) => sum + share, 0);
  const issues = [
    arms.every(({ share }) => share >= 0) && total > 0 && Number.isFinite(total)
      ? ''
      : 'shares must be numbers of at least 0, and not all 0',
    alpha > 0 && alpha < 1 ? '' : 'alpha must be a number between 0 and 1',
  ].filter((issue) => issue !== '');
  if (issues.length > 0) throw new InvalidOptionsError('a sample ratio', issues);
  // What is no count is no evidence.
  if (!arms.every(({ count }) => Number.isSafeInteger(count) && count >= 0)) return nothing;
  // Nothing can fall where no share is, and an arm that nothing fell on says nothing.
  if (arms.some(({ count, share }) => share === 0 && count > 0)) return impossible;
  const logEvidence = evidence(
    arms
      .filter(({ share }) => share > 0)
      .map(({ count, share }) => ({ count, share: share / total })),
  );
  return { logEvidence, mismatch: logEvidence >= -Math.log(alpha) };
}

const nothing: SampleRatioReading = Object.freeze({ logEvidence: 0, mismatch: false });

const impossible: SampleRatioReading = Object.freeze({
  logEvidence: Number.POSITIVE_INFINITY,
  mismatch: true,
});

function evidence(arms: readonly SampleArm[]): number {
  let requests = 0;
  let sum = 0;
  for (const { count, share } of arms) {
    const prior = concentration * share;
    requests += count;
    sum += logGamma(prior + count) - logGamma(prior) - count * Math.log(share);
  }
  return logGamma(concentration) - logGamma(concentration + requests) + sum;
}
