import type { DropReason } from '../../core/contracts/counts.ts';
import type { Floor } from './floor.ts';
import { makeRoom } from './room.ts';
import type { Task } from './task.ts';
import type { Account } from './tenants.ts';

/**
 * Offers that may wait to be sorted: whoever needs room waits until they are. A tenth of a millisecond where their tenants are
 * known, half of one where none is.
 */
const mostUnsorted = 512;

/**
 * Where offers come in. Whoever offers waits for it, so only the lane's own bounds are looked at then; whose it is, and whether
 * the tenant may have so much, when the lane has its turn.
 */
export class Door<Item, Ready> {
  readonly #floor: Floor<Item, Ready>;

  constructor(floor: Floor<Item, Ready>) {
    this.#floor = floor;
  }

  /** Takes up an offer, if there is room for it. False: it was counted, and is over. */
  take(item: Item, since: number): boolean {
    const { intake, ledger, work } = this.#floor;
    let bytes: number;
    try {
      bytes = work.sizeOf(item);
    } catch {
      ledger.skipOffer('unreadable');
      return false;
    }
    if (!ledger.tenants.reserve(bytes)) return this.#takeSorted(item, bytes, since);
    ledger.accept();
    intake.push(item, bytes, since);
    if (intake.unsorted > mostUnsorted) {
      // One for one, and never this one: to sort all would hold up whoever happens to offer.
      this.#sortNext();
      ledger.tellEvicted();
    }
    return true;
  }

  /** Counts an offer that is not taken up. */
  turnAway(item: Item, why: DropReason): false {
    const tenant = this.#tenantOf(item);
    if (tenant === undefined) this.#floor.ledger.skipOffer('unreadable');
    else this.#floor.ledger.refuse(tenant, why);
    return false;
  }

  /** Gives all offers to their tenants, or turns away what is beyond a tenant's share. */
  sort(): void {
    this.#sortAll();
    this.#floor.ledger.tellEvicted();
  }

  /**
   * Why there is no room for so many more bytes of a tenant; undefined: there is, now. Those that gave way or were turned away
   * are still to be told.
   */
  makeRoom(account: Account<Task<Item, Ready>>, bytes: number): DropReason | undefined {
    if (this.#floor.ledger.tenants.refusal(account, 0, bytes) === undefined) return undefined;
    this.#sortAll();
    return makeRoom(this.#floor, account, 0, bytes);
  }

  /** Tells nobody: whoever is told may offer again, or look at the statistics, before the one in hand has its place. */
  #sortAll(): void {
    const { intake } = this.#floor;
    while (intake.unsorted > 0) this.#sortNext();
  }

  /** Takes up an offer as its tenant's, when all before it are their tenants'. */
  #takeSorted(item: Item, bytes: number, since: number): boolean {
    this.#sortAll();
    const isTaken = this.#takeNow(item, bytes, since);
    this.#floor.ledger.tellEvicted();
    return isTaken;
  }

  #takeNow(item: Item, bytes: number, since: number): boolean {
    const { intake, ledger } = this.#floor;
    const tenant = this.#tenantOf(item);
    if (tenant === undefined) {
      ledger.skipOffer('unreadable');
      return false;
    }
    const account = this.#charge(tenant, bytes);
    if (typeof account === 'string') {
      ledger.refuse(tenant, account);
      return false;
    }
    ledger.accept();
    intake.add(item, account, bytes, since);
    return true;
  }

  #sortNext(): void {
    const { intake, ledger } = this.#floor;
    const offered = intake.takeNew();
    if (offered === undefined) return;
    const { item, bytes } = offered;
    ledger.tenants.unreserve(bytes);
    const tenant = this.#tenantOf(item);
    if (tenant === undefined) {
      intake.giveBack(offered);
      ledger.skipUnread(item);
      return;
    }
    const account = this.#charge(tenant, bytes);
    if (typeof account !== 'string') {
      intake.sort(offered, account);
      return;
    }
    intake.giveBack(offered);
    ledger.turnAway(item, tenant, account);
  }

  /** Charges a tenant with one task more, or says why it may not have it. */
  #charge(tenant: string, bytes: number): Account<Task<Item, Ready>> | DropReason {
    const { tenants } = this.#floor.ledger;
    const known = tenants.accountOf(tenant);
    if (known !== undefined && tenants.admit(known, bytes)) return known;
    const refusal = makeRoom(this.#floor, known, 1, bytes);
    if (refusal !== undefined) return refusal;
    const account = known ?? tenants.open(tenant);
    tenants.charge(account, 1, bytes);
    return account;
  }

  #tenantOf(item: Item): string | undefined {
    try {
      return this.#floor.work.tenantOf(item);
    } catch {
      return undefined;
    }
  }
}
