import { dayMs } from '../core/time/spans.ts';

/** Milliseconds after which small things that are kept to know something again are forgotten. */
export const forgottenAfterMs = {
  /** A replica whose lease has run out. */
  replica: dayMs,
  /** The id of a batch: nobody sends one again so late. */
  batch: 7 * dayMs,
  /** An erasure, after which nothing from before it may come. */
  erasure: 30 * dayMs,
};
