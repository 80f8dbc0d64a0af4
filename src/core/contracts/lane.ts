import type { LaneCounts, LaneStats, SkipReason } from './counts.ts';

/** A bounded queue off the user's path, as the router sees it. */
export interface Lane<Item> {
  /** Takes references to one task. Synchronous, never throws. False: it was dropped, and counted. */
  offer(item: Item): boolean;
  /** Counts a task that was not handed over by decision; the item says whose, where that is counted. */
  skip(reason: SkipReason, item?: Item): void;
}

/** What a lane ends with: its counts, and whether nothing was left. */
export interface Drained {
  readonly counts: LaneCounts;
  readonly drained: boolean;
}

/** A lane as its owner sees it. */
export interface OwnedLane<Item> extends Lane<Item> {
  stats(): LaneStats;
  /** Resolves when everything taken up has ended, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<Drained>;
  /**
   * Takes nothing more, drains until `timeoutMs`, then aborts what is left and counts it. Idempotent: a further call gets
   * the first one's report, and brings its end forward if it asks for less.
   */
  close(timeoutMs: number): Promise<Drained>;
}

/** Bounds of one lane. */
export interface LaneOptions {
  /** Tasks waiting or running. @default 1_000 */
  maxCount?: number | undefined;
  /** Bytes that waiting and running tasks may retain. @default 16 MiB */
  maxBytes?: number | undefined;
  /** Tasks running at once. Learning is also limited to one at a time per scope. @default 4 */
  concurrency?: number | undefined;
  /** Milliseconds a task may run, from its start. @default 30_000 */
  deadlineMs?: number | undefined;
  /** Milliseconds a task may wait for its start; older ones count as timed out. @default 600_000 */
  maxAgeMs?: number | undefined;
  /** The part of the lane that one tenant may fill while others use it too, 0 to 1. @default 0.25 */
  tenantShare?: number | undefined;
}
