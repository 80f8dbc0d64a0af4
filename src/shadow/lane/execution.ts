import { type BundleResult, Company, type RunResult } from '../work.ts';
import type { Floor } from './floor.ts';
import type { Preparation } from './preparation.ts';
import type { Interruption, Task } from './task.ts';

/** The way of a task from its queue through its run to its end, or back into the queue. */
export class Execution<Item, Ready> {
  readonly #floor: Floor<Item, Ready>;
  readonly #preparation: Preparation<Item, Ready>;
  /** Runs in bundles that hold no slot of their own. */
  readonly #riders = new Set<Task<Item, Ready>>();
  /** Slots held by what was given up. */
  #lost = 0;

  constructor(floor: Floor<Item, Ready>, preparation: Preparation<Item, Ready>) {
    this.#floor = floor;
    this.#preparation = preparation;
  }

  /** Whether every slot is held by what ignores that it was told to stop. */
  get isStuck(): boolean {
    return this.#lost >= this.#floor.limits.concurrency;
  }

  /** Starts the task whose turn it is, with those that go with it. False: there is none, or no slot. */
  next(now: number): boolean {
    const { running } = this.#floor.turns;
    const task = this.#nextAlone(now);
    if (task !== undefined) void this.#occupy(task);
    return this.#floor.turns.running > running;
  }

  lose(task: Task<Item, Ready>, why: Interruption): void {
    if (!this.#riders.has(task)) this.#lost++;
    this.#floor.lose(task, why);
  }

  #begin(task: Task<Item, Ready>, now: number): void {
    task.state = 'running';
    this.#floor.active.enter(task, now);
  }

  /**
   * A slot: one task after the other while the lane lets it go on, for one `await` in it costs half of a `then`. It keeps little:
   * what it keeps is put away and fetched again with each task.
   */
  async #occupy(first: Task<Item, Ready>): Promise<void> {
    for (let task: Task<Item, Ready> | undefined = first; task !== undefined; ) {
      let result: RunResult;
      let error: unknown;
      try {
        const running = this.#floor.work.run(task.what as Ready, task);
        result = typeof running === 'string' ? running : await running;
      } catch (reason) {
        result = 'failed';
        error = reason;
      }
      task = this.#nextAfter(task, result, error);
    }
    this.#floor.onSettled();
  }

  /** Ends a task, and takes the next where its slot may go on. */
  #nextAfter(
    ended: Task<Item, Ready>,
    result: RunResult,
    error: unknown,
  ): Task<Item, Ready> | undefined {
    const { gates, turns, goOn, onWentOn } = this.#floor;
    const wasLost = ended.state === 'lost';
    turns.release(ended);
    this.#leave(ended, result, error);
    const now = goOn();
    const task = now === undefined ? undefined : this.#nextAlone(now);
    // Most often nothing else has changed: the alarm is set for what began before, and no gate is to be asked later.
    if (task !== undefined && (wasLost || gates.nextAt < Number.POSITIVE_INFINITY)) onWentOn();
    return task;
  }

  /** The next task that a slot can go on with; those that go together begin in a slot of their own. */
  #nextAlone(now: number): Task<Item, Ready> | undefined {
    const task = this.#take();
    if (task !== undefined) return this.#alone(task, now);
    return this.#pull(now);
  }

  /** What waits and has its turn. Those in a hurry let nothing wait for others any more, if all has been prepared. */
  #take(): Task<Item, Ready> | undefined {
    const { gates, turns, waiting } = this.#floor;
    if (waiting.size === 0) return undefined;
    if (this.#preparation.isIdle) gates.urge();
    return turns.take();
  }

  #alone(task: Task<Item, Ready>, now: number): Task<Item, Ready> | undefined {
    const riders = this.#floor.turns.takeWith(task);
    this.#floor.waiting.leave();
    this.#begin(task, now);
    if (riders === undefined) return task;
    this.#runTogether(task, riders, now);
    return undefined;
  }

  /** Nothing waits that could run: what was offered goes past the queues, as far as it may. */
  #pull(now: number): Task<Item, Ready> | undefined {
    const { turns, ledger, goOn } = this.#floor;
    let at: number | undefined = now;
    while (at !== undefined && this.#preparation.isPulled) {
      const task = this.#preparation.pull(at);
      if (task !== undefined) {
        turns.pass();
        this.#begin(task, at);
      }
      ledger.tellEvicted();
      if (task !== undefined) return task;
      const gated = this.#take();
      if (gated !== undefined) return this.#alone(gated, at);
      at = goOn();
    }
    return undefined;
  }

  #runTogether(leader: Task<Item, Ready>, riders: Task<Item, Ready>[], now: number): void {
    const { work } = this.#floor;
    for (const rider of riders) {
      this.#floor.waiting.leave();
      this.#begin(rider, now);
      this.#riders.add(rider);
    }
    const tasks = [leader, ...riders];
    const readies = tasks.map(({ what }) => what as Ready);
    const none = (error?: unknown): void => this.#allSettled(tasks, [], error);
    try {
      // Without the method the lane would have no gate with bundles: then it is an error like any other.
      const running = work.runTogether?.(readies, leader);
      if (running === undefined) none();
      else running.then((results) => this.#allSettled(tasks, results), none);
    } catch (error) {
      none(error);
    }
  }

  #allSettled(
    tasks: readonly Task<Item, Ready>[],
    results: readonly BundleResult[],
    error?: unknown,
  ): void {
    const [leader] = tasks;
    if (leader !== undefined) this.#floor.turns.release(leader);
    const back: Task<Item, Ready>[] = [];
    tasks.forEach((task, place) => {
      const result = results[place] ?? 'failed';
      if (result instanceof Company) task.company = result;
      if (result instanceof Company || result === 'again') back.push(task);
      else this.#leave(task, result, error);
    });
    // Each is put before the others of its tenant: the last comes first.
    for (const task of back.reverse()) this.#leave(task, 'again', error);
    this.#floor.onSettled();
  }

  /** What follows when a run has come back; its slot was given back before. */
  #leave(task: Task<Item, Ready>, result: RunResult, error: unknown): void {
    const { active, waiting, turns, ledger } = this.#floor;
    const isRider = this.#riders.size > 0 && this.#riders.delete(task);
    if (task.state === 'lost') {
      if (!isRider) this.#lost--;
      turns.forget(task, task.account.leaves);
      ledger.free(task);
      return;
    }
    active.leave(task);
    if (result === 'again') {
      task.state = 'waiting';
      waiting.enter(task);
      if (task.leaf === undefined) turns.hold(task, task.account.leaves);
      turns.putBack(task);
    } else {
      turns.forget(task, task.account.leaves);
      ledger.end(task, result, error);
    }
  }
}
