import type { Leg } from '../../core/stage.ts';

/** What users got in a stretch of time, per route, tenant and leg: increments. Plain data. */
export interface ServedCounts {
  /** When the stretch ended, milliseconds since the epoch. */
  readonly at: number;
  /** When the stretch began, milliseconds since the epoch. @default moments before `at` */
  readonly from?: number;
  readonly route: string;
  readonly tenant: string;
  readonly leg: Leg;
  readonly calls: number;
  /** Calls that ended with an error for the user. */
  readonly errors: number;
  /** Calls of the candidate that legacy answered in the end; counted with the leg `candidate`. */
  readonly fallbacks: number;
  /** Sum and sum of squares of the durations in milliseconds, those of fallbacks among them, and how many there were. */
  readonly durations: { readonly count: number; readonly sum: number; readonly squares: number };
}
