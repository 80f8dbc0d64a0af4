/** A share of something, with the interval in which it lies with 95 % confidence (Wilson). */
export interface Rate {
  readonly count: number;
  readonly of: number;
  /** 0 to 1; absent where there is nothing to have a share of. */
  readonly share?: number;
  readonly low: number;
  readonly high: number;
}

/** A difference of two shares and the interval in which it lies. */
export interface Excess {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Standard deviations of a normal distribution that hold 95 % of it: for what is shown. */
const shownZ = 1.96;
/** Those that hold 99 %: for what is raised, since a report asks a dozen questions at once. */
const raisedZ = 2.576;

/** Wilson's score interval. */
function wilson(count: number, of: number, z: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = count / of;
  const scale = 1 + z ** 2 / of;
  const centre = (share + z ** 2 / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  // At the ends the exact bounds are 0 and 1, which rounding misses.
  return {
    low: count === 0 ? 0 : Math.max(0, centre - half),
    high: count === of ? 1 : Math.min(1, centre + half),
  };
}

/** A share with its interval. */
export function rateOf(count: number, of: number): Rate {
  return { count, of, ...(of > 0 && { share: count / of }), ...wilson(count, of, shownZ) };
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
