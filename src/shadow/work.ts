import type { DropReason, SkipReason, TaskOutcome } from '../core/counts.ts';

/** A group of tasks that share a bound: one scope of the service, or one address with all its scopes. */
export interface Gate {
  /** Tasks of this gate that may run at once. */
  readonly limit: number;
  /**
   * Milliseconds until the next task may start; 0: now; `Infinity`: not before one of the gate's tasks has ended.
   * Asked again whenever one has ended. Never throws.
   */
  readyInMs(): number;
  /** The wider gate that this one is part of. */
  readonly within?: Gate | undefined;
}

/** What is left of an item once it has been read: the lane lets go of the item itself. */
export interface Prepared<Ready> {
  readonly ready: Ready;
  /** Bytes that `ready` retains. */
  readonly bytes: number;
  /** Absent: bounded by the lane alone. */
  readonly gate?: Gate | undefined;
}

/** A run as its work sees it. */
export interface RunHandle {
  /** Aborted by the deadline and by `close`. Made when it is first asked for: most work on a lane needs none. */
  readonly signal: AbortSignal;
  /** Whether the lane has already counted the task, because of its deadline or of `close`. */
  readonly over: boolean;
}

/** How a run ended. `again`: not yet; the task waits at the head of its queue for its gate to open. */
export type RunResult = TaskOutcome | 'again';

/** Why a task that `offer` took up is no longer in the lane. */
export type Ending = TaskOutcome | SkipReason | DropReason;

/** What a lane does with its items. `prepare`, `run` and `ended` are called off the caller's path. */
export interface LaneWork<Item, Ready> {
  tenantOf(item: Item): string;
  /** Bytes that the item retains before it is prepared: an estimate that reads nothing but lengths. */
  sizeOf(item: Item): number;
  /** Reads, cuts and copies. A reason: not taken up after all. A rejection counts as `unreadable`. */
  prepare(item: Item): Prepared<Ready> | SkipReason | Promise<Prepared<Ready> | SkipReason>;
  /** Does the work. A rejection counts as `failed`. */
  run(ready: Ready, handle: RunHandle): RunResult | Promise<RunResult>;
  /** Told of what was made of a task that is over or has no room any more: it will not be run, nor ended. */
  discarded?(ready: Ready): void;
  /** Told once for every task that `offer` took up. */
  ended(what: Item | Ready, ending: Ending, error?: unknown): void;
}
