import { Task } from './task.ts';
import type { Account } from './tenants.ts';

/** Links are places in the array: engines keep small whole numbers in place, and need no note for the garbage collector. */
const none = -1;

/** Places that are made at once: whoever offers waits for it. */
const moreSlots = 64;

/** Tenants that the ring has room for at least. */
const leastTurns = 64;

/** A place for one offer. */
interface Slot<Item> {
  item: Item | undefined;
  bytes: number;
  since: number;
  /** The tenant's next older and next newer offer; of a place that is free, `newer` is the next free one. */
  older: number;
  newer: number;
}

/**
 * What was offered and not looked at yet: a queue for each tenant, and the tenants take turns. Places are used again, so
 * that an offer allocates nothing.
 */
export class Intake<Item, Ready> {
  readonly #slots: Slot<Item>[] = [];
  #free = none;
  /** The tenants by turns, in a ring. Who has nothing left stays until its turn comes, or the ring is full. */
  #turns: (Account<Task<Item, Ready>> | undefined)[] = [];
  #head = 0;
  #tail = 0;
  /** Items that wait. */
  size = 0;
  /** When the oldest item was offered, or earlier; `Infinity` when there is none. */
  firstAt = Number.POSITIVE_INFINITY;

  push(item: Item, account: Account<Task<Item, Ready>>, bytes: number, since: number): void {
    if (this.#free === none) this.#grow();
    const place = this.#free;
    const slot = this.#slot(place);
    this.#free = slot.newer;
    slot.item = item;
    slot.bytes = bytes;
    slot.since = since;
    slot.older = account.newest;
    slot.newer = none;
    if (account.newest === none) account.oldest = place;
    else this.#slot(account.newest).newer = place;
    account.newest = place;
    if (!account.isInTurn) {
      account.isInTurn = true;
      this.#enter(account);
    }
    if (this.size++ === 0) this.firstAt = since;
  }

  /** Takes out the oldest item of the tenant whose turn it is. */
  shift(): Task<Item, Ready> | undefined {
    while (this.#head < this.#tail) {
      const account = this.#next();
      const place = account.oldest;
      if (place === none) {
        account.isInTurn = false;
        continue;
      }
      const task = this.#take(place, account);
      if (account.oldest === none) account.isInTurn = false;
      else this.#enter(account);
      return task;
    }
    return undefined;
  }

  /** Takes out the newest item of a tenant. */
  takeNewest(account: Account<Task<Item, Ready>>): Task<Item, Ready> | undefined {
    return account.newest === none ? undefined : this.#take(account.newest, account);
  }

  /** Ends what was offered by then, up to so many, the oldest of them first; tells how many. */
  expire(then: number, most: number, end: (task: Task<Item, Ready>) => void): number {
    if (this.firstAt > then) return 0;
    const due = this.#offeredBy(then, most);
    for (const account of due) {
      // Whoever is told of one may offer again, and another give way to that.
      const place = account.oldest;
      if (place !== none && this.#slot(place).since <= then) end(this.#take(place, account));
    }
    this.firstAt = Number.POSITIVE_INFINITY;
    for (const { oldest } of this.#accounts()) {
      if (oldest !== none) this.firstAt = Math.min(this.firstAt, this.#slot(oldest).since);
    }
    return due.length;
  }

  /** Whose offers they are, in the order of their age. */
  #offeredBy(then: number, most: number): Account<Task<Item, Ready>>[] {
    const due: { account: Account<Task<Item, Ready>>; since: number }[] = [];
    for (const account of this.#accounts()) {
      for (let place = account.oldest; place !== none && due.length < most; ) {
        const { since, newer } = this.#slot(place);
        if (since > then) break;
        due.push({ account, since });
        place = newer;
      }
    }
    return due.sort((a, b) => a.since - b.since).map(({ account }) => account);
  }

  *#accounts(): Iterable<Account<Task<Item, Ready>>> {
    for (let turn = this.#head; turn < this.#tail; turn += 1) yield this.#at(turn);
  }

  #at(turn: number): Account<Task<Item, Ready>> {
    return this.#turns[turn & (this.#turns.length - 1)] as Account<Task<Item, Ready>>;
  }

  #slot(place: number): Slot<Item> {
    return this.#slots[place] as Slot<Item>;
  }

  /** Puts a tenant behind all others. */
  #enter(account: Account<Task<Item, Ready>>): void {
    if (this.#tail - this.#head === this.#turns.length) this.#makeRoom();
    this.#turns[this.#tail++ & (this.#turns.length - 1)] = account;
  }

  /** The tenant whose turn it is, out of the turns. */
  #next(): Account<Task<Item, Ready>> {
    const account = this.#at(this.#head);
    this.#turns[this.#head++ & (this.#turns.length - 1)] = undefined;
    return account;
  }

  #take(place: number, account: Account<Task<Item, Ready>>): Task<Item, Ready> {
    const slot = this.#slot(place);
    const { item, bytes, since, older, newer } = slot;
    if (older === none) account.oldest = newer;
    else this.#slot(older).newer = newer;
    if (newer === none) account.newest = older;
    else this.#slot(newer).older = older;
    slot.item = undefined;
    slot.newer = this.#free;
    this.#free = place;
    if (--this.size === 0) this.firstAt = Number.POSITIVE_INFINITY;
    return new Task<Item, Ready>(item as Item, account, bytes, since);
  }

  #grow(): void {
    const from = this.#slots.length;
    for (let newer = from + 1; newer <= from + moreSlots; newer += 1) {
      this.#slots.push({ item: undefined, bytes: 0, since: 0, older: none, newer });
    }
    this.#slot(from + moreSlots - 1).newer = none;
    this.#free = from;
  }

  /** Lets those go that have nothing left, and makes the ring twice as wide as what is left. */
  #makeRoom(): void {
    const wider: (Account<Task<Item, Ready>> | undefined)[] = [];
    for (const account of this.#accounts()) {
      if (account.oldest === none) account.isInTurn = false;
      else wider.push(account);
    }
    this.#head = 0;
    this.#tail = wider.length;
    // Pushed one by one: an array made with this length at once can be a dictionary, ten times as slow.
    for (let size = widthFor(wider.length); wider.length < size; ) wider.push(undefined);
    this.#turns = wider;
  }
}

/** A power of two that leaves as much room as is taken. */
const widthFor = (count: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(leastTurns, 2 * count)));
