import type { SkipReason } from '../../core/contracts/counts.ts';
import type { LaneWork, Prepared } from '../work.ts';
import type { Door } from './door.ts';
import type { Floor } from './floor.ts';
import type { Interruption, Task } from './task.ts';

/** Items being prepared at once: replies that are still being read hold their originals. */
const preparingLimit = 16;

/**
 * Preparations of one tenant that were given up and have not come back: beyond them none of it is begun, so that it
 * neither takes all slots again and again nor fills the lane with what never ends.
 */
const lostLimit = 16;

/** Items that are prepared ahead of the slots after one that has a gate or is waited for: those that can go with it may come soon. */
const aheadAfterOther = 64;

/** The way of a task from the intake to its queue, under its exact size, or out. */
export class Preparation<Item, Ready> {
  readonly #floor: Floor<Item, Ready>;
  readonly #door: Door<Item, Ready>;
  /** Being prepared this very moment: 1 while a callback of the app may look at the statistics. */
  #inHand = 0;
  #preparing = 0;
  #lost = 0;
  /** Whether slots that are free prepare what they run. */
  #isPulled = false;
  /** Items that the lane still prepares ahead of its slots: the first one, and so many after one that went to a queue in any case. */
  #ahead = 1;

  constructor(floor: Floor<Item, Ready>, door: Door<Item, Ready>) {
    this.#floor = floor;
    this.#door = door;
  }

  get inHand(): number {
    return this.#inHand;
  }

  /** Whether every place is held by what ignores that it was told to stop. */
  get isStuck(): boolean {
    return this.#lost >= this.#floor.limits.maxCount;
  }

  /** Whether nothing is offered or on its way that has not been prepared. */
  get isIdle(): boolean {
    return this.#floor.intake.size === 0 && this.#preparing === 0;
  }

  /** Whether there is something to prepare, and a place to do it in. */
  get canBegin(): boolean {
    return this.#floor.intake.hasSorted && this.#preparing < preparingLimit;
  }

  /** Whether that is left to the slots that are free. */
  get isPulled(): boolean {
    return this.#isPulled && this.#ahead === 0 && this.canBegin;
  }

  /**
   * Chooses who prepares from now on: a slot that is free what it runs, past the queues, which costs a fifth less, if items
   * have no gates, are ready at once, and a slot is left beside all that waits; else the lane, ahead of its slots.
   */
  choose(): void {
    const { turns, waiting, limits } = this.#floor;
    this.#isPulled = this.#ahead === 0 && waiting.size < limits.concurrency - turns.running;
  }

  /** Prepares the next item, puts it in its queue, and chooses anew. */
  next(now: number): void {
    if (this.#ahead > 0) this.#ahead--;
    this.#place(this.#prepare(now, false));
    this.choose();
  }

  /**
   * Prepares the next item for a slot that is free. Gives its task, in no queue, if it is ready at once and has no gate. Those
   * that gave way to it are still to be told.
   */
  pull(now: number): Task<Item, Ready> | undefined {
    return this.#prepare(now, true);
  }

  #prepare(now: number, isNow: boolean): Task<Item, Ready> | undefined {
    const { intake, ledger, work } = this.#floor;
    const task = intake.shift();
    if (task === undefined) return undefined;
    if (this.#losesAll(task)) {
      ledger.evict(task, 'tenant');
      return undefined;
    }
    this.#inHand++;
    let prepared: ReturnType<LaneWork<Item, Ready>['prepare']>;
    try {
      prepared = work.prepare(task.what as Item, task.account, isNow);
    } catch {
      prepared = 'unreadable';
    }
    this.#inHand--;
    if (!isLater(prepared)) return this.#ended(task, prepared);
    this.#await(task, prepared, now);
    return undefined;
  }

  // Apart, since a function that may make a closure makes a place for what it holds on each call.
  #await(
    task: Task<Item, Ready>,
    preparing: Promise<Prepared<Ready> | SkipReason>,
    now: number,
  ): void {
    this.#ahead = aheadAfterOther;
    this.#preparing++;
    this.#floor.active.enter(task, now);
    preparing.then(
      (result) => this.#endedLater(task, result),
      () => this.#endedLater(task, 'unreadable'),
    );
  }

  lose(task: Task<Item, Ready>, why: Interruption): void {
    this.#preparing--;
    this.#lost++;
    task.account.lost++;
    this.#floor.lose(task, why);
  }

  #losesAll({ account }: Task<Item, Ready>): boolean {
    if (account.lost === 0) return false;
    const { maxCount, tenantShare } = this.#floor.limits;
    return account.lost >= Math.min(lostLimit, Math.max(1, Math.floor(maxCount * tenantShare)));
  }

  #endedLater(task: Task<Item, Ready>, result: Prepared<Ready> | SkipReason): void {
    const { active, ledger, onSettled } = this.#floor;
    if (task.state === 'lost') {
      this.#lost--;
      task.account.lost--;
      ledger.free(task);
      if (typeof result !== 'string') this.#discard(result);
    } else {
      this.#preparing--;
      active.leave(task);
      this.#place(this.#ended(task, result));
    }
    onSettled();
  }

  /** Puts a task that has no gate in its queue, if there is one, and tells those that gave way. */
  #place(task: Task<Item, Ready> | undefined): void {
    if (task !== undefined) this.#floor.queue(task, undefined);
    this.#floor.ledger.tellEvicted();
  }

  /** What follows from what was prepared. Gives the task, in no queue, if it has no gate. */
  #ended(
    task: Task<Item, Ready>,
    result: Prepared<Ready> | SkipReason,
  ): Task<Item, Ready> | undefined {
    if (typeof result !== 'string') return this.#admit(task, result);
    this.#floor.ledger.skip(task, result);
    return undefined;
  }

  #admit(task: Task<Item, Ready>, prepared: Prepared<Ready>): Task<Item, Ready> | undefined {
    const { ledger } = this.#floor;
    const more = prepared.bytes - task.bytes;
    const refusal = more > 0 ? this.#door.makeRoom(task.account, more) : undefined;
    if (refusal !== undefined) {
      ledger.evict(task, refusal);
      this.#discard(prepared);
      return undefined;
    }
    if (more !== 0) ledger.tenants.charge(task.account, 0, more);
    task.bytes = prepared.bytes;
    task.load = prepared.load ?? 0;
    task.what = prepared.ready;
    if (prepared.gate === undefined) return task;
    this.#ahead = aheadAfterOther;
    this.#floor.queue(task, prepared.gate);
    return undefined;
  }

  #discard({ ready }: Prepared<Ready>): void {
    try {
      this.#floor.work.discarded?.(ready);
    } catch {
      // What is told is not ours; a lane goes on.
    }
  }
}

/** Asked of every item: to ask a promise for its class would cost more. */
function isLater<Ready>(
  prepared: Prepared<Ready> | SkipReason | Promise<Prepared<Ready> | SkipReason>,
): prepared is Promise<Prepared<Ready> | SkipReason> {
  return typeof prepared !== 'string' && (prepared as Partial<Prepared<Ready>>).bytes === undefined;
}
