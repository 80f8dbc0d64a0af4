/** Number, mean and spread of values that are not kept. Plain data. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sum of the squared distances from the mean. */
  readonly squares: number;
}

/** Before any value. */
export const noMoments: Moments = Object.freeze({ count: 0, mean: 0, squares: 0 });

/** The moments with one more value (Welford 1962). A value that is not finite is left out. */
export function withValue(moments: Moments, value: number): Moments {
  if (!Number.isFinite(value)) return moments;
  const count = moments.count + 1;
  const distance = value - moments.mean;
  const mean = moments.mean + distance / count;
  return { count, mean, squares: moments.squares + distance * (value - mean) };
}

/** The moments of both together (Chan, Golub and LeVeque 1979). */
export function joined(some: Moments, others: Moments): Moments {
  const count = some.count + others.count;
  if (count === 0) return noMoments;
  const distance = others.mean - some.mean;
  const mean = some.mean + (distance * others.count) / count;
  const between = (distance * distance * some.count * others.count) / count;
  return { count, mean, squares: some.squares + others.squares + between };
}

/** The unbiased variance; NaN for fewer than two values. */
export function varianceOf({ count, squares }: Moments): number {
  return count < 2 ? Number.NaN : squares / (count - 1);
}
