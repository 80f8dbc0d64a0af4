import type { Clock, TimerHandle } from '../core/clock.ts';
import { inRootScope } from '../core/root-scope.ts';

/** Something with a deadline; the links belong to the list. */
export interface Expiring {
  previous: Expiring | undefined;
  next: Expiring | undefined;
  /** Monotonic milliseconds; 0 until the turn of the loop in which it began has ended. */
  deadlineAt: number;
  expire(): void;
}

/**
 * The deadlines of all calls of a route, with one timer between them: as each has the same length, they expire in the
 * order of their start. A call that settles in the turn in which it began costs neither a timer nor a look at the clock.
 * A deadline counts from the end of that turn.
 */
export class Deadlines {
  readonly #ms: number;
  readonly #clock: Clock;
  #first: Expiring | undefined;
  #last: Expiring | undefined;
  #unstamped: Expiring | undefined;
  #stamping = false;
  #timer: TimerHandle | undefined;

  constructor(ms: number, clock: Clock) {
    this.#ms = ms;
    this.#clock = clock;
  }

  add(item: Expiring): void {
    item.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#unstamped ??= item;
    if (!this.#stamping) this.#stampLater();
  }

  remove(item: Expiring): void {
    if (item.previous === undefined && this.#first !== item) return;
    if (this.#unstamped === item) this.#unstamped = item.next;
    if (item.previous === undefined) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
  }

  #stampLater(): void {
    this.#stamping = true;
    inRootScope(() => setImmediate(() => this.#stamp()));
  }

  #stamp(): void {
    this.#stamping = false;
    if (this.#unstamped === undefined) return;
    const deadlineAt = this.#clock.monotonic() + this.#ms;
    for (let item = this.#unstamped as Expiring | undefined; item; item = item.next) {
      item.deadlineAt = deadlineAt;
    }
    this.#unstamped = undefined;
    if (this.#timer === undefined) this.#arm(this.#ms);
  }

  #arm(ms: number): void {
    this.#timer = inRootScope(() => this.#clock.setTimeout(() => this.#fire(), ms));
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    let item = this.#first;
    while (item !== undefined && item.deadlineAt !== 0 && item.deadlineAt <= now) {
      this.remove(item);
      item.expire();
      item = this.#first;
    }
    if (item !== undefined && item.deadlineAt !== 0) this.#arm(Math.max(1, item.deadlineAt - now));
  }
}
