import { type Backoff, fullJitter } from '../core/time/full-jitter.ts';

/** How often something is tried, and how long is waited before it is tried again. */
export interface Tries extends Backoff {
  readonly most: number;
}

/** Milliseconds before the next try; undefined: there is none. */
export function backOff(tries: Tries, failures: number, random: () => number): number | undefined {
  return failures >= tries.most ? undefined : fullJitter(tries, failures, random);
}
