import type { Stage } from '../stage.ts';
import type { DropReason, SkipReason } from './counts.ts';
import type { PairRecord } from './pair-record.ts';

/** Why an exchange that its stage wanted compared has no pair. `aborted`: by a kill or by `close()`; `late`: it waited too long. */
export type MissReason = SkipReason | DropReason | 'aborted' | 'late' | 'failed';

/**
 * Exchanges that their stage wanted compared and that have no pair: counted, so that coverage can be told from what a sink
 * holds alone. Plain data.
 */
export interface MissedPairs {
  /** What was to be compared with what. */
  readonly kind: PairRecord['kind'];
  /** When they were counted, milliseconds since the epoch. */
  readonly at: number;
  /** The name of their route. */
  readonly route: string;
  /** Empty: of several tenants, of which there were too many to be counted apart within a second. */
  readonly tenant: string;
  /** Where the tenant stood. */
  readonly stage: Stage;
  /** The reason, one for all of them. */
  readonly why: MissReason;
  /** Exchanges. */
  readonly count: number;
}

/** Where compared exchanges go. Called off the users' path; what it throws is contained and told. */
export interface PairSink {
  /** Present: pairs come with their words, after this took out what must not be kept. Absent: metrics and hashes alone. */
  readonly redactText?: ((text: string) => string) | undefined;
  /** Takes a pair; must not wait. */
  add(pair: PairRecord): void;
  /** Takes counts of what has no pair, summed up since the last time. */
  missed(misses: MissedPairs): void;
  /** Resolves when what was taken is where it shall be. */
  flush?(): PromiseLike<void>;
  /** Flushes and lets go of files and timers. Called once, at the end of `close()`. */
  close?(): PromiseLike<void>;
}
