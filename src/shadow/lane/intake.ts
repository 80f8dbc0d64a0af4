import { Task } from './task.ts';
import type { Account } from './tenants.ts';

/** Links are places in the array: engines keep small whole numbers in place, and need no note for the garbage collector. */
const none = -1;

/** Places that are made at once: whoever offers waits for it. */
const moreSlots = 64;

/** A place for one offer. */
interface Slot<Item> {
  readonly place: number;
  item: Item | undefined;
  bytes: number;
  since: number;
  /** The tenant's next older and next newer offer; of a place that is free, `newer` is the next free one. */
  older: number;
  newer: number;
}

/** What was offered and is nobody's yet. */
export interface Unsorted<Item> extends Slot<Item> {
  item: Item;
}

/**
 * What was offered and not prepared yet. First as it came: whoever offers waits for it, and looking for its tenant takes five
 * times as long as putting it down. Then, sorted, a queue for each tenant, and the tenants take turns. Places are used again,
 * so that an offer allocates nothing.
 */
export class Intake<Item, Ready> {
  readonly #slots: Slot<Item>[] = [];
  #free = none;
  /** Whose turn it is, and who is the last of those with offers: no others are touched when one comes or goes. */
  #first: Account<Task<Item, Ready>> | undefined = undefined;
  #last: Account<Task<Item, Ready>> | undefined = undefined;
  /** What has not been sorted, in the order in which it came. */
  #firstNew = none;
  #lastNew = none;
  /** Items that wait, and those of them that have not been sorted. */
  size = 0;
  unsorted = 0;
  /** When the oldest item was offered, or earlier; `Infinity` when there is none. */
  firstAt = Number.POSITIVE_INFINITY;

  /** Whether an item may be taken out by its tenant's turn. */
  get hasSorted(): boolean {
    return this.#first !== undefined;
  }

  /** Puts an item down as it came. */
  push(item: Item, bytes: number, since: number): void {
    const { place } = this.#put(item, bytes, since);
    if (this.#lastNew === none) this.#firstNew = place;
    else this.#slot(this.#lastNew).newer = place;
    this.#lastNew = place;
    this.unsorted++;
  }

  /** Puts an item at the end of its tenant's queue; all others have been sorted. */
  add(item: Item, account: Account<Task<Item, Ready>>, bytes: number, since: number): void {
    this.#append(this.#put(item, bytes, since), account);
  }

  /** Takes out of the order in which it came what is to be sorted next, or turned away. */
  takeNew(): Unsorted<Item> | undefined {
    if (this.#firstNew === none) return undefined;
    const slot = this.#slot(this.#firstNew);
    this.#firstNew = slot.newer;
    if (this.#firstNew === none) this.#lastNew = none;
    this.unsorted--;
    return slot as Unsorted<Item>;
  }

  /** Puts it at the end of its tenant's queue. */
  sort(slot: Unsorted<Item>, account: Account<Task<Item, Ready>>): void {
    slot.newer = none;
    this.#append(slot, account);
  }

  /** Lets its place be used again. */
  giveBack(slot: Slot<Item>): void {
    slot.item = undefined;
    slot.newer = this.#free;
    this.#free = slot.place;
    if (--this.size === 0) this.firstAt = Number.POSITIVE_INFINITY;
  }

  /** Takes out the oldest item of the tenant whose turn it is. */
  shift(): Task<Item, Ready> | undefined {
    const account = this.#first;
    if (account === undefined) return undefined;
    const task = this.#take(account.oldest, account);
    if (account !== this.#last && account === this.#first) {
      this.#leave(account);
      this.#enter(account);
    }
    return task;
  }

  /** Takes out the newest item of a tenant. */
  takeNewest(account: Account<Task<Item, Ready>>): Task<Item, Ready> | undefined {
    return account.newest === none ? undefined : this.#take(account.newest, account);
  }

  /** Ends what was offered by then, up to so many, the oldest of them first. */
  expire(then: number, most: number, end: (task: Task<Item, Ready>) => void): void {
    if (this.firstAt > then) return;
    for (const account of this.#offeredBy(then, most)) {
      // Whoever is told of one may offer again, and another give way to that.
      const place = account.oldest;
      if (place !== none && this.#slot(place).since <= then) end(this.#take(place, account));
    }
  }

  /** Whose offers they are, in the order of their age. What is left then may be as old, if they are so many. */
  #offeredBy(then: number, most: number): Account<Task<Item, Ready>>[] {
    const due: { account: Account<Task<Item, Ready>>; since: number }[] = [];
    let firstAt = this.unsorted > 0 ? this.#slot(this.#firstNew).since : Number.POSITIVE_INFINITY;
    for (let account = this.#first; account !== undefined; account = account.next) {
      let place = account.oldest;
      let { since, newer } = this.#slot(place);
      while (place !== none && since <= then && due.length < most) {
        due.push({ account, since });
        place = newer;
        if (place !== none) ({ since, newer } = this.#slot(place));
      }
      if (place !== none) firstAt = Math.min(firstAt, since);
    }
    this.firstAt = firstAt;
    return due.sort((a, b) => a.since - b.since).map((one) => one.account);
  }

  #put(item: Item, bytes: number, since: number): Slot<Item> {
    if (this.#free === none) this.#grow();
    const slot = this.#slot(this.#free);
    this.#free = slot.newer;
    slot.item = item;
    slot.bytes = bytes;
    slot.since = since;
    slot.newer = none;
    this.size++;
    if (since < this.firstAt) this.firstAt = since;
    return slot;
  }

  #append(slot: Slot<Item>, account: Account<Task<Item, Ready>>): void {
    const { place } = slot;
    const { newest } = account;
    slot.older = newest;
    account.newest = place;
    if (newest !== none) {
      this.#slot(newest).newer = place;
      return;
    }
    account.oldest = place;
    this.#enter(account);
  }

  #slot(place: number): Slot<Item> {
    return this.#slots[place] as Slot<Item>;
  }

  /** Puts a tenant behind all others. */
  #enter(account: Account<Task<Item, Ready>>): void {
    account.before = this.#last;
    if (this.#last === undefined) this.#first = account;
    else this.#last.next = account;
    this.#last = account;
  }

  #leave(account: Account<Task<Item, Ready>>): void {
    const { next, before } = account;
    if (before === undefined) this.#first = next;
    else before.next = next;
    if (next === undefined) this.#last = before;
    else next.before = before;
    account.next = undefined;
    account.before = undefined;
  }

  #take(place: number, account: Account<Task<Item, Ready>>): Task<Item, Ready> {
    const slot = this.#slot(place);
    const { item, bytes, since, older, newer } = slot;
    if (older === none) account.oldest = newer;
    else this.#slot(older).newer = newer;
    if (newer === none) account.newest = older;
    else this.#slot(newer).older = older;
    if (account.oldest === none) this.#leave(account);
    this.giveBack(slot);
    return new Task<Item, Ready>(item as Item, account, bytes, since);
  }

  #grow(): void {
    const from = this.#slots.length;
    for (let place = from; place < from + moreSlots; place += 1) {
      const newer = place + 1;
      this.#slots.push({ place, item: undefined, bytes: 0, since: 0, older: none, newer });
    }
    this.#slot(from + moreSlots - 1).newer = none;
    this.#free = from;
  }
}
