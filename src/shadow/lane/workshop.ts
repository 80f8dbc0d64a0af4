import { inRootScope } from '../../core/root-scope.ts';
import { Door } from './door.ts';
import { Execution } from './execution.ts';
import { Floor, type FloorSetup } from './floor.ts';
import { Preparation } from './preparation.ts';
import type { Interruption, Task } from './task.ts';

/** Tasks that expire in one go, so that a full lane does not hold up the event loop. */
const expiringLimit = 512;

/** Milliseconds for which a flush lets what was read wait for what is still to be read, and a quarter of its own time at most. */
const longestPatienceMs = 250;

/** How the tasks of a lane move on: intake → preparation → waiting → running → out. */
export class Workshop<Item, Ready> {
  readonly #floor: Floor<Item, Ready>;
  readonly door: Door<Item, Ready>;
  readonly #preparation: Preparation<Item, Ready>;
  readonly #execution: Execution<Item, Ready>;

  constructor(setup: FloorSetup<Item, Ready>) {
    this.#floor = new Floor(setup);
    this.door = new Door(this.#floor);
    this.#preparation = new Preparation(this.#floor, this.door);
    this.#execution = new Execution(this.#floor, this.#preparation);
  }

  /** Tasks that are here and not counted as ended, as the structures that hold them say. */
  get pending(): number {
    const { intake, waiting, active } = this.#floor;
    return intake.size + this.#preparation.inHand + waiting.size + active.size;
  }

  get running(): number {
    return this.#floor.turns.running;
  }

  /** Whether every slot or place is held by tasks that ignore that they were told to stop. */
  get isStuck(): boolean {
    return this.#execution.isStuck || this.#preparation.isStuck;
  }

  get canPrepare(): boolean {
    return this.#preparation.canBegin;
  }

  /** When something expires or a gate is to be asked again, on the monotonic clock. */
  get nextAt(): number {
    const { active, waiting, intake, gates, limits } = this.#floor;
    return Math.min(
      active.firstAt + limits.deadlineMs,
      Math.min(waiting.firstAt, intake.firstAt) + limits.maxAgeMs,
      gates.nextAt,
    );
  }

  /** Whether slots that are free prepare what they run: nothing is prepared ahead of them then. */
  get isPulled(): boolean {
    return this.#preparation.isPulled;
  }

  /** Chooses who prepares: the lane, or its slots. */
  choose(): void {
    this.#preparation.choose();
  }

  /** Prepares the next item, which is then in the lane under its exact size, or out. */
  prepareNext(now: number): void {
    this.#preparation.next(now);
  }

  /** Starts what has its turn. False: there is nothing, or no slot. */
  startNext(now: number): boolean {
    return this.#execution.next(now);
  }

  /**
   * Until the end that it gives is called, tasks wait for no others to go with than those that were offered before, and for
   * those not long.
   */
  hurry(timeoutMs: number): () => void {
    const { clock, gates, onSettled } = this.#floor;
    const stopWaiting = (): void => {
      gates.urge();
      onSettled();
    };
    gates.hurry(true);
    const ms = Math.min(timeoutMs / 4, longestPatienceMs);
    const timer = inRootScope(() => clock.setTimeout(stopWaiting, ms));
    return () => {
      clock.clearTimeout(timer);
      gates.hurry(false);
    };
  }

  /** Ends what has run or waited too long, and lets gates whose time has come take turns. */
  expire(now: number): void {
    const { active, waiting, intake, gates, limits } = this.#floor;
    const started = now - limits.deadlineMs;
    const offered = now - limits.maxAgeMs;
    let left = expiringLimit;
    for (; left > 0 && active.firstAt <= started; left--) this.#lose(active.first, 'deadline');
    this.door.sort();
    left -= waiting.expire(offered, left, (task) => this.#floor.endWaiting(task, 'timedOut'));
    intake.expire(offered, left, (task) => this.#floor.endWaiting(task, 'timedOut'));
    gates.wake(now);
  }

  /** Ends everything, now. */
  abort(): void {
    const { active, waiting, intake } = this.#floor;
    const all = Number.POSITIVE_INFINITY;
    this.door.sort();
    intake.expire(all, all, (task) => this.#floor.endWaiting(task, 'aborted'));
    waiting.expire(all, all, (task) => this.#floor.endWaiting(task, 'aborted'));
    while (active.size > 0) this.#lose(active.first, 'closed');
  }

  #lose(task: Task<Item, Ready> | undefined, why: Interruption): void {
    if (task === undefined) return;
    if (task.state === 'preparing') this.#preparation.lose(task, why);
    else this.#execution.lose(task, why);
  }
}
