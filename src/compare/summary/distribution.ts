/** Where values lie, in the unit of the values. */
export interface Distribution {
  /** Values. */
  readonly count: number;
  /** One in twenty is smaller. Quantiles are off by up to 1.1 %, those of shares from 0 to 1 by up to 0.005. */
  readonly p5?: number;
  /** A quarter is smaller. */
  readonly p25?: number;
  /** The median. */
  readonly p50?: number;
  /** A quarter is larger. */
  readonly p75?: number;
  /** One in ten is larger. */
  readonly p90?: number;
  /** One in twenty is larger. */
  readonly p95?: number;
  /** One in a hundred is larger. */
  readonly p99?: number;
}

/** A quantile that is told. */
export type QuantileName = Exclude<keyof Distribution, 'count'>;

/** The share of values below each quantile, 0 to 1. */
export const quantiles: Readonly<Record<QuantileName, number>> = {
  p5: 0.05,
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** The names of the quantiles, the lowest first. */
export const quantileNames = Object.keys(quantiles) as QuantileName[];
