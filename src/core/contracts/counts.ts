/** Why a task was not taken up although it was offered: by decision. */
export type SkipReason = 'noKey' | 'filtered' | 'unsafe' | 'unreadable' | 'sampled' | 'budget';

/** Why a task was not taken up although it was offered: for lack of room. */
export type DropReason = 'count' | 'bytes' | 'tenant' | 'closed';

/** How a task that was taken up ended. */
export type TaskOutcome = 'stored' | 'deduplicated' | 'unknown' | 'failed' | 'timedOut' | 'aborted';

/**
 * What became of everything offered to a lane. At every moment
 * `offered = accepted + Σ skipped + Σ dropped` and
 * `accepted = ok.stored + ok.deduplicated + unknown + failed + timedOut + aborted + pending`.
 */
export interface LaneCounts {
  readonly offered: number;
  readonly accepted: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Mirror tasks that ran to their end count as `stored`. */
  readonly ok: Readonly<Record<'stored' | 'deduplicated', number>>;
  /** Perhaps stored, never confirmed. */
  readonly unknown: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  /** Taken up and not ended yet: waiting or running. */
  readonly pending: number;
}

/** A lane's counts and how full it is now. */
export interface LaneStats extends LaneCounts {
  /** Tasks that occupy a slot now. */
  readonly running: number;
  /** Bytes that waiting and running tasks retain now. */
  readonly bytes: number;
  /** Tenants with waiting tasks. */
  readonly tenants: number;
}

/** What became of the shadow's tasks while a flush or close waited. */
export interface FlushReport {
  /**
   * Change of the counts since the call, so that `accepted` falls below 0 where more was skipped after all than was accepted;
   * `pending` is what is left.
   */
  readonly learn: LaneCounts;
  readonly mirror: LaneCounts;
  /** False when time ran out before everything had ended, or a sink of pairs failed to keep what it took. */
  readonly drained: boolean;
}

/** The counts of a lane that does not exist. */
export const noCounts: LaneStats = Object.freeze({
  offered: 0,
  accepted: 0,
  skipped: Object.freeze({
    noKey: 0,
    filtered: 0,
    unsafe: 0,
    unreadable: 0,
    sampled: 0,
    budget: 0,
  }),
  dropped: Object.freeze({ count: 0, bytes: 0, tenant: 0, closed: 0 }),
  ok: Object.freeze({ stored: 0, deduplicated: 0 }),
  unknown: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  pending: 0,
  running: 0,
  bytes: 0,
  tenants: 0,
});
