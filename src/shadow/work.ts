import type { DropReason, SkipReason, TaskOutcome } from '../core/contracts/counts.ts';

/** What may go out together. */
export interface BundleRule {
  /** Tasks in a bundle. */
  readonly maxCount: number;
  /** What their loads may add up to; a task that is larger goes alone. */
  readonly maxLoad: number;
  /** Milliseconds that the first of them waits for others. */
  readonly gatherMs: number;
}

/** Tasks that are to be run again with each other, and with nobody else. */
export class Company {}

/** A group of tasks that share a bound: one scope of the service, or one address with all its scopes. */
export interface Gate {
  /** Tasks, or bundles of them, that may run at once. */
  readonly limit: number;
  /** Present: tasks are gathered behind this gate and run together. Each bundle takes one slot. */
  readonly bundles?: BundleRule | undefined;
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
  /** What it adds to a bundle, in the measure of the gate's rule. @default 0 */
  readonly load?: number;
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

/** How a run in a bundle ended for one of its tasks. A company: not yet; it waits to go again, with these alone. */
export type BundleResult = RunResult | Company;

/** Why a task that `offer` took up is no longer in the lane. */
export type Ending = TaskOutcome | SkipReason | DropReason;

/** Whose items they are, as the lane knows it. */
export interface Owner {
  /** Its name, in memory of its own: what is prepared may wait for long. */
  readonly tenant: string;
  /** What the work wants to keep about it, as long as the lane knows it: to be looked up again costs more. */
  note: unknown;
}

/** What a lane does with its items. `prepare`, `run` and `ended` are called off the caller's path. */
export interface LaneWork<Item, Ready> {
  tenantOf(item: Item): string;
  /** Bytes that the item retains before it is prepared: an estimate that reads nothing but lengths. */
  sizeOf(item: Item): number;
  /**
   * Reads, cuts and copies. A reason: not taken up after all. A rejection counts as `unreadable`.
   *
   * @param isNow - what is prepared at once, and has no gate, is run at once: it does not wait, so it may hold what it was
   * given
   */
  prepare(
    item: Item,
    owner: Owner,
    isNow: boolean,
  ): Prepared<Ready> | SkipReason | Promise<Prepared<Ready> | SkipReason>;
  /** Does the work. A rejection counts as `failed`. */
  run(ready: Ready, handle: RunHandle): RunResult | Promise<RunResult>;
  /**
   * Does the work of tasks behind a gate with bundles; the answer has a result for each, in their order. A rejection
   * counts as `failed` for all.
   */
  runTogether?(readies: readonly Ready[], handle: RunHandle): Promise<readonly BundleResult[]>;
  /** Told of what was made of a task that is over or has no room any more: it will not be run, nor ended. */
  discarded?(ready: Ready): void;
  /** Told once for every task that `offer` took up. */
  ended(what: Item | Ready, ending: Ending, error?: unknown): void;
}
