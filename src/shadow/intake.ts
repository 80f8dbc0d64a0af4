import { Task } from './task.ts';
import type { Account } from './tenants.ts';

const initialSlots = 64;

interface Slot<Item, Ready> {
  item: Item | undefined;
  account: Account<Task<Item, Ready>> | undefined;
  bytes: number;
  since: number;
  /** The number of the tenant's next older offer. */
  older: number;
}

/**
 * What was offered and not looked at yet: a ring of slots that are used again, so that an offer allocates nothing.
 * Offers are numbered; those of one tenant are chained from the newest backwards. What is taken out of turn leaves an
 * empty slot behind.
 */
export class Intake<Item, Ready> {
  #slots: Slot<Item, Ready>[] = [];
  /** Numbers of the oldest offer in the ring and of the next one. */
  #head = 0;
  #tail = 0;
  /** Items that wait. */
  size = 0;

  /** When the oldest item was offered; `Infinity` when there is none. */
  get firstAt(): number {
    return this.#oldest()?.since ?? Number.POSITIVE_INFINITY;
  }

  push(item: Item, account: Account<Task<Item, Ready>>, bytes: number, since: number): void {
    if (this.#tail - this.#head === this.#slots.length) this.#grow();
    const slot = this.#slot(this.#tail);
    slot.item = item;
    slot.account = account;
    slot.bytes = bytes;
    slot.since = since;
    slot.older = account.newest;
    account.newest = this.#tail++;
    account.inIntake++;
    this.size++;
  }

  /** Takes out the oldest item. */
  shift(): Task<Item, Ready> | undefined {
    const slot = this.#oldest();
    return slot === undefined ? undefined : this.#empty(slot);
  }

  /** Takes out the newest item of a tenant. */
  takeNewest(account: Account<Task<Item, Ready>>): Task<Item, Ready> | undefined {
    if (account.inIntake === 0) return undefined;
    const slot = this.#slot(account.newest);
    account.newest = slot.older;
    return this.#empty(slot);
  }

  #slot(number: number): Slot<Item, Ready> {
    return this.#slots[number & (this.#slots.length - 1)] as Slot<Item, Ready>;
  }

  #oldest(): Slot<Item, Ready> | undefined {
    for (; this.#head < this.#tail; this.#head++) {
      const slot = this.#slot(this.#head);
      if (slot.account !== undefined) return slot;
    }
    return undefined;
  }

  #empty(slot: Slot<Item, Ready>): Task<Item, Ready> | undefined {
    const { item, account } = slot;
    if (account === undefined) return undefined;
    slot.item = undefined;
    slot.account = undefined;
    account.inIntake--;
    this.size--;
    return new Task<Item, Ready>(item as Item, account, slot.bytes, slot.since);
  }

  #grow(): void {
    const size = Math.max(initialSlots, this.#slots.length * 2);
    // Pushed one by one: an array made with this length at once can be a dictionary, ten times as slow.
    const grown: Slot<Item, Ready>[] = [];
    for (let place = 0; place < size; place++) {
      const number = this.#head + ((place - this.#head) & (size - 1));
      grown.push(
        number < this.#tail
          ? this.#slot(number)
          : { item: undefined, account: undefined, bytes: 0, since: 0, older: 0 },
      );
    }
    this.#slots = grown;
  }
}
