import type { Clock } from '../core/clock.ts';
import type { DropReason, SkipReason, TaskOutcome } from '../core/counts.ts';
import type { LaneOptions } from '../core/lane.ts';
import { Intake } from './intake.ts';
import type { Ledger } from './ledger.ts';
import type { Interruption, Task } from './task.ts';
import { Timeline } from './timeline.ts';
import { Turns } from './turns.ts';
import type { LaneWork, Prepared, RunResult } from './work.ts';

/** Items being prepared at once: replies that are still being read hold their originals. */
const preparingLimit = 16;

/**
 * Preparations of one tenant that were given up and have not come back: beyond them none of it is begun, so that it
 * neither takes all slots again and again nor fills the lane with what never ends.
 */
const lostLimit = 16;

/** Tasks that expire in one go, so that a full lane does not hold up the event loop. */
const expiringLimit = 512;

type Payer<Item, Ready> = Task<Item, Ready>['account'];

/** Where the tasks of a lane are and how they move on: intake → preparation → waiting → running → out. */
export class Workshop<Item, Ready> {
  readonly intake = new Intake<Item, Ready>();
  readonly #waiting = new Timeline<Task<Item, Ready>>();
  /** Preparing or running, and not counted yet. */
  readonly #active = new Timeline<Task<Item, Ready>>();
  readonly #turns: Turns<Task<Item, Ready>>;
  readonly #limits: Required<LaneOptions>;
  readonly #work: LaneWork<Item, Ready>;
  readonly #ledger: Ledger<Item, Ready>;
  readonly #onSettled: () => void;
  /** Being prepared this very moment: 1 while a callback of the app may look at the statistics. */
  #inHand = 0;
  #preparing = 0;
  #lostPreparing = 0;
  #lostRunning = 0;

  constructor(
    limits: Required<LaneOptions>,
    clock: Clock,
    work: LaneWork<Item, Ready>,
    ledger: Ledger<Item, Ready>,
    onSettled: () => void,
  ) {
    this.#turns = new Turns(limits.concurrency, clock);
    this.#limits = limits;
    this.#work = work;
    this.#ledger = ledger;
    this.#onSettled = onSettled;
  }

  /** Tasks that are here and not counted as ended, as the structures that hold them say. */
  get pending(): number {
    return this.intake.size + this.#inHand + this.#waiting.size + this.#active.size;
  }

  get running(): number {
    return this.#turns.running;
  }

  /** Whether every slot or place is held by tasks that ignore that they were told to stop. */
  get isStuck(): boolean {
    const { concurrency, maxCount } = this.#limits;
    return this.#lostRunning >= concurrency || this.#lostPreparing >= maxCount;
  }

  get canPrepare(): boolean {
    return this.intake.size > 0 && this.#preparing < preparingLimit;
  }

  /** When something expires or a gate is to be asked again, on the monotonic clock. */
  get nextAt(): number {
    const { deadlineMs, maxAgeMs } = this.#limits;
    return Math.min(
      this.#active.firstAt + deadlineMs,
      Math.min(this.#waiting.firstAt, this.intake.firstAt) + maxAgeMs,
      this.#turns.nextAt,
    );
  }

  /** Prepares the oldest item, which is then in the lane under its exact size, or out. */
  prepareNext(now: number): void {
    const task = this.intake.shift();
    if (task === undefined) return;
    if (this.#losesAll(task.account)) {
      this.#ledger.evict(task, 'tenant');
      this.#ledger.tellEvicted();
      return;
    }
    this.#inHand++;
    let prepared: ReturnType<LaneWork<Item, Ready>['prepare']>;
    try {
      prepared = this.#work.prepare(task.what as Item);
    } catch {
      prepared = 'unreadable';
    }
    this.#inHand--;
    if (prepared instanceof Promise) {
      this.#preparing++;
      this.#active.enter(task, now);
      prepared.then(
        (result) => this.#preparedLater(task, result),
        () => this.#preparedLater(task, 'unreadable'),
      );
    } else this.#prepared(task, prepared);
  }

  #losesAll({ lost }: Payer<Item, Ready>): boolean {
    const { maxCount, tenantShare } = this.#limits;
    return lost >= Math.min(lostLimit, Math.max(1, Math.floor(maxCount * tenantShare)));
  }

  /** Starts the task whose turn it is. False: there is none, or no slot. */
  startNext(now: number): boolean {
    const task = this.#turns.take();
    if (task === undefined) return false;
    this.#waiting.leave(task);
    task.state = 'running';
    this.#active.enter(task, now);
    let result: RunResult | Promise<RunResult>;
    try {
      result = this.#work.run(task.what as Ready, task);
    } catch (error) {
      this.#settled(task, 'failed', error);
      return true;
    }
    if (typeof result === 'string') this.#settled(task, result);
    else {
      result.then(
        (outcome) => this.#settledLater(task, outcome),
        (error) => this.#settledLater(task, 'failed', error),
      );
    }
    return true;
  }

  /** Ends what has run or waited too long, and lets gates whose time has come take turns. */
  expire(now: number): void {
    const started = now - this.#limits.deadlineMs;
    const offered = now - this.#limits.maxAgeMs;
    let left = expiringLimit;
    for (; left > 0 && this.#active.firstAt <= started; left--) {
      this.#lose(this.#active.first, 'deadline');
    }
    for (; left > 0 && this.#waiting.firstAt <= offered; left--) {
      this.#endWaiting(this.#waiting.first, 'timedOut');
    }
    for (; left > 0 && this.intake.firstAt <= offered; left--) {
      this.#endWaiting(this.intake.shift(), 'timedOut');
    }
    this.#turns.wake(now);
  }

  /** Ends everything, now. */
  abort(): void {
    while (this.intake.size > 0) this.#endWaiting(this.intake.shift(), 'aborted');
    while (this.#waiting.size > 0) this.#endWaiting(this.#waiting.first, 'aborted');
    while (this.#active.size > 0) this.#lose(this.#active.first, 'closed');
  }

  /**
   * Why there is no room for so many more tasks and bytes, after tenants above their share have given way to one that
   * keeps to its own; undefined: there is room. Those that gave way are still to be told.
   */
  makeRoom(
    account: Payer<Item, Ready> | undefined,
    count: number,
    bytes: number,
  ): DropReason | undefined {
    const { tenants } = this.#ledger;
    let refusal = tenants.refusal(account, count, bytes);
    if (refusal === undefined || refusal === 'tenant') return refusal;
    for (const rich of tenants.aboveShare) {
      while (rich !== account && rich.isAboveShare) {
        const task = this.#takeNewest(rich);
        if (task === undefined) break;
        this.#ledger.evict(task, 'tenant');
        refusal = tenants.refusal(account, count, bytes);
        if (refusal === undefined) return undefined;
      }
    }
    return refusal;
  }

  /** Takes the newest waiting task of a tenant out. Undefined: none waits. */
  #takeNewest(account: Payer<Item, Ready>): Task<Item, Ready> | undefined {
    const offered = this.intake.takeNewest(account);
    if (offered !== undefined) return offered;
    const task = account.leaves.findLast((leaf) => !leaf.isEmpty)?.newest;
    if (task !== undefined) this.#stopWaiting(task);
    return task;
  }

  #prepared(task: Task<Item, Ready>, result: Prepared<Ready> | SkipReason): void {
    if (typeof result === 'string') this.#ledger.skip(task, result);
    else this.#queue(task, result);
  }

  #discard({ ready }: Prepared<Ready>): void {
    try {
      this.#work.discarded?.(ready);
    } catch {
      // What is told is not ours; a lane goes on.
    }
  }

  #queue(task: Task<Item, Ready>, prepared: Prepared<Ready>): void {
    const { ready, bytes, gate } = prepared;
    const more = bytes - task.bytes;
    const refusal = more > 0 ? this.makeRoom(task.account, 0, more) : undefined;
    if (refusal !== undefined) {
      this.#ledger.evict(task, refusal);
      this.#discard(prepared);
    } else {
      this.#ledger.tenants.charge(task.account, 0, more);
      task.bytes = bytes;
      task.what = ready;
      task.state = 'waiting';
      this.#waiting.enter(task, task.since);
      this.#turns.add(task, gate, task.account.leaves);
    }
    this.#ledger.tellEvicted();
  }

  #preparedLater(task: Task<Item, Ready>, result: Prepared<Ready> | SkipReason): void {
    if (task.state === 'lost') {
      this.#lostPreparing--;
      task.account.lost--;
      this.#ledger.free(task);
      if (typeof result !== 'string') this.#discard(result);
    } else {
      this.#preparing--;
      this.#active.leave(task);
      this.#prepared(task, result);
    }
    this.#onSettled();
  }

  #settledLater(task: Task<Item, Ready>, result: RunResult, error?: unknown): void {
    this.#settled(task, result, error);
    this.#onSettled();
  }

  #settled(task: Task<Item, Ready>, result: RunResult, error?: unknown): void {
    const isLost = task.state === 'lost';
    if (!isLost) this.#active.leave(task);
    this.#turns.release(task);
    if (isLost) {
      this.#lostRunning--;
      this.#turns.forget(task, task.account.leaves);
      this.#ledger.free(task);
    } else if (result === 'again') {
      task.state = 'waiting';
      this.#waiting.reenter(task, task.since);
      this.#turns.putBack(task);
    } else {
      this.#turns.forget(task, task.account.leaves);
      this.#ledger.end(task, result, error);
    }
  }

  #lose(task: Task<Item, Ready> | undefined, why: Interruption): void {
    if (task === undefined) return;
    this.#active.leave(task);
    if (task.state === 'preparing') {
      this.#preparing--;
      this.#lostPreparing++;
      task.account.lost++;
    } else this.#lostRunning++;
    this.#ledger.lose(task, why === 'deadline' ? 'timedOut' : 'aborted');
    task.interrupt(why);
  }

  #endWaiting(task: Task<Item, Ready> | undefined, outcome: TaskOutcome): void {
    if (task === undefined) return;
    // What is still in the intake waits in no queue.
    if (task.leaf !== undefined) this.#stopWaiting(task);
    this.#ledger.end(task, outcome);
  }

  #stopWaiting(task: Task<Item, Ready>): void {
    this.#waiting.leave(task);
    this.#turns.remove(task, task.account.leaves);
  }
}
