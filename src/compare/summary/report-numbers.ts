import type { Rate } from './rate.ts';

/** A whole number, in groups of three. */
export const whole = (count: number): string => Math.round(count).toLocaleString('en-US');

/** A share in per cent. */
export const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;

/** A share with its interval. */
export const withInterval = ({ share, low, high }: Rate): string =>
  `${percent(share)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;

/** A number with two decimals. */
export const decimal = (value: number | undefined): string => value?.toFixed(2) ?? '–';

/** Milliseconds. */
export const millis = (ms: number | undefined): string =>
  ms === undefined ? '–' : ms < 10_000 ? `${whole(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
