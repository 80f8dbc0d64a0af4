/** The normal quantile of a two-sided 95 %. */
const usualZ = 1.959963984540054;

/** An interval of a share, 0 to 1. */
export interface Interval {
  /** 0 where nothing was counted. */
  readonly low: number;
  /** 1 where nothing was counted. */
  readonly high: number;
}

/**
 * The interval of a share (Wilson, JASA 1927), of 95 % unless another quantile is given: all that could be when nothing was
 * counted. To be shown, not to be decided by, since it does not allow for looking again.
 */
export function wilson(hits: number, of: number, z = usualZ): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const scale = 1 + z ** 2 / of;
  const centre = (share + z ** 2 / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  // At its ends the formula gives 0 and 1 but for the rounding.
  return {
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === of ? 1 : Math.min(1, centre + half),
  };
}
