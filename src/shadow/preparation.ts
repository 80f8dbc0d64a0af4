import type { SkipReason } from '../core/counts.ts';
import type { Floor } from './floor.ts';
import { makeRoom } from './room.ts';
import type { Interruption, Task } from './task.ts';
import type { LaneWork, Prepared } from './work.ts';

/** Items being prepared at once: replies that are still being read hold their originals. */
const preparingLimit = 16;

/**
 * Preparations of one tenant that were given up and have not come back: beyond them none of it is begun, so that it
 * neither takes all slots again and again nor fills the lane with what never ends.
 */
const lostLimit = 16;

/** The way of a task from the intake to its queue, under its exact size, or out. */
export class Preparation<Item, Ready> {
  readonly #floor: Floor<Item, Ready>;
  /** Being prepared this very moment: 1 while a callback of the app may look at the statistics. */
  #inHand = 0;
  #preparing = 0;
  #lost = 0;

  constructor(floor: Floor<Item, Ready>) {
    this.#floor = floor;
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

  get canBegin(): boolean {
    return this.#floor.intake.size > 0 && this.#preparing < preparingLimit;
  }

  /** Prepares the oldest item. */
  next(now: number): void {
    const { intake, ledger, work, active } = this.#floor;
    const task = intake.shift();
    if (task === undefined) return;
    if (this.#losesAll(task)) {
      ledger.evict(task, 'tenant');
      ledger.tellEvicted();
      return;
    }
    this.#inHand++;
    let prepared: ReturnType<LaneWork<Item, Ready>['prepare']>;
    try {
      prepared = work.prepare(task.what as Item, task.account.tenant);
    } catch {
      prepared = 'unreadable';
    }
    this.#inHand--;
    if (prepared instanceof Promise) {
      this.#preparing++;
      active.enter(task, now);
      prepared.then(
        (result) => this.#endedLater(task, result),
        () => this.#endedLater(task, 'unreadable'),
      );
    } else this.#ended(task, prepared);
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
      this.#ended(task, result);
    }
    onSettled();
  }

  #ended(task: Task<Item, Ready>, result: Prepared<Ready> | SkipReason): void {
    if (typeof result === 'string') this.#floor.ledger.skip(task, result);
    else this.#queue(task, result);
  }

  #queue(task: Task<Item, Ready>, prepared: Prepared<Ready>): void {
    const { ledger, waiting, turns } = this.#floor;
    const more = prepared.bytes - task.bytes;
    const refusal = more > 0 ? makeRoom(this.#floor, task.account, 0, more) : undefined;
    if (refusal !== undefined) {
      ledger.evict(task, refusal);
      this.#discard(prepared);
    } else {
      if (more !== 0) ledger.tenants.charge(task.account, 0, more);
      task.bytes = prepared.bytes;
      task.load = prepared.load ?? 0;
      task.what = prepared.ready;
      task.state = 'waiting';
      waiting.enter(task);
      turns.add(task, prepared.gate, task.account.leaves);
    }
    ledger.tellEvicted();
  }

  #discard({ ready }: Prepared<Ready>): void {
    try {
      this.#floor.work.discarded?.(ready);
    } catch {
      // What is told is not ours; a lane goes on.
    }
  }
}
