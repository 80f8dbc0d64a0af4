import type { Clock, TimerHandle } from '../core/clock.ts';
import { inRootScope } from '../core/root-scope.ts';

/** Something with a deadline; the fields belong to the list. */
export interface Expiring<Item> {
  previous: Item | undefined;
  next: Item | undefined;
  /** Its place among those that began in this turn of the loop. */
  slot: number;
  /** Monotonic milliseconds; 0 until the turn in which it began has ended. */
  deadlineAt: number;
}

/**
 * The deadlines of all calls of a route, with one timer between them: as each has the same length, they expire in the
 * order of their start. A call that settles in the turn in which it began costs one slot, neither a timer nor a look at
 * the clock nor a link. A deadline counts from the end of that turn.
 */
export class Deadlines<Item extends Expiring<Item>> {
  readonly #ms: number;
  readonly #clock: Clock;
  readonly #expire: (item: Item) => void;
  readonly #begun: (Item | undefined)[] = [];
  #first: Item | undefined;
  #last: Item | undefined;
  #timer: TimerHandle | undefined;

  constructor(ms: number, clock: Clock, expire: (item: Item) => void) {
    this.#expire = expire;
    this.#ms = ms;
    this.#clock = clock;
  }

  add(item: Item): void {
    const begun = this.#begun;
    item.slot = begun.length;
    if (begun.push(item) === 1) this.#stampLater();
  }

  remove(item: Item): void {
    if (item.deadlineAt !== 0) this.#unlink(item);
    else if (this.#begun[item.slot] === item) this.#begun[item.slot] = undefined;
  }

  #link(item: Item): void {
    item.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
  }

  #unlink(item: Item): void {
    if (item.previous === undefined && this.#first !== item) return;
    if (item.previous === undefined) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
  }

  #stampLater(): void {
    inRootScope(() => setImmediate(() => this.#stamp()));
  }

  #stamp(): void {
    const deadlineAt = this.#clock.monotonic() + this.#ms;
    for (const item of this.#begun) {
      if (item === undefined) continue;
      item.deadlineAt = deadlineAt;
      this.#link(item);
    }
    this.#begun.length = 0;
    if (this.#timer === undefined && this.#first !== undefined) this.#arm(this.#ms);
  }

  #arm(ms: number): void {
    this.#timer = inRootScope(() => this.#clock.setTimeout(() => this.#fire(), ms));
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    let item = this.#first;
    while (item !== undefined && item.deadlineAt <= now) {
      this.#unlink(item);
      this.#expire(item);
      item = this.#first;
    }
    if (item !== undefined) this.#arm(Math.max(1, item.deadlineAt - now));
  }
}
