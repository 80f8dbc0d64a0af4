/** How often something is tried, and how long is waited before it is tried again. */
export interface Tries {
  readonly most: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Milliseconds before the next try, up to a bound that doubles; undefined: there is none. */
export function backOff(
  { most, baseMs, maxMs }: Tries,
  failures: number,
  random: () => number,
): number | undefined {
  if (failures >= most) return undefined;
  return random() * Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
