import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** Slots kept from one turn of the loop to the next. */
const mostKept = 1024;

/** A call's place in the order of deadlines. */
interface Link<Item> {
  readonly item: Item;
  /** Monotonic milliseconds. */
  readonly at: number;
  previous: Link<Item> | undefined;
  next: Link<Item> | undefined;
}

/** Something with a deadline; the fields belong to the list. */
export interface Expiring<Item> {
  /** Its place among those that began in this turn of the loop. */
  slot: number;
  /** Undefined until the turn in which it began has ended, and again when it is no longer waited for. */
  link: Link<Item> | undefined;
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
  #count = 0;
  #first: Link<Item> | undefined;
  #last: Link<Item> | undefined;
  #timer: TimerHandle | undefined;

  constructor(ms: number, clock: Clock, expire: (item: Item) => void) {
    this.#expire = expire;
    this.#ms = ms;
    this.#clock = clock;
  }

  add(item: Item): void {
    const slot = this.#count++;
    item.slot = slot;
    this.#begun[slot] = item;
    if (slot === 0) this.#stampLater();
  }

  remove(item: Item): void {
    if (item.link !== undefined) this.#unlink(item.link);
    else if (this.#begun[item.slot] === item) this.#begun[item.slot] = undefined;
  }

  #link(item: Item, at: number): void {
    const link: Link<Item> = { item, at, previous: this.#last, next: undefined };
    item.link = link;
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
  }

  #unlink(link: Link<Item>): void {
    link.item.link = undefined;
    if (link.previous === undefined) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === undefined) this.#last = link.previous;
    else link.next.previous = link.previous;
  }

  #stampLater(): void {
    inRootScope(() => setImmediate(() => this.#stamp()));
  }

  #stamp(): void {
    const at = this.#clock.monotonic() + this.#ms;
    const begun = this.#begun;
    for (let slot = 0; slot < this.#count; slot += 1) {
      const item = begun[slot];
      if (item === undefined) continue;
      begun[slot] = undefined;
      this.#link(item, at);
    }
    this.#count = 0;
    // Kept from turn to turn: an array that is emptied has to grow anew. What one crowded turn needed is not kept.
    if (begun.length > mostKept) begun.length = mostKept;
    if (this.#timer === undefined && this.#first !== undefined) this.#arm(this.#ms);
  }

  #arm(ms: number): void {
    this.#timer = inRootScope(() => this.#clock.setTimeout(() => this.#fire(), ms));
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let link = this.#first; link !== undefined && link.at <= now; link = this.#first) {
      this.#unlink(link);
      this.#expire(link.item);
    }
    if (this.#first !== undefined) this.#arm(Math.max(1, this.#first.at - now));
  }
}
