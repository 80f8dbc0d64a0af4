/** A wait before the next try: anything up to a bound that doubles with each failure in a row, so that none come at once. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Milliseconds to wait after so many failures in a row. */
export function fullJitter(
  { baseMs, maxMs }: Backoff,
  failures: number,
  random: () => number,
): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.max(failures - 1, 0));
}
