import type { DropReason } from '../../core/contracts/counts.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { Leaf, Queued } from '../turns/leaf.ts';
import type { Owner } from '../work.ts';

/** What a lane holds for one tenant. */
export class Account<T extends Queued<T>> implements Owner {
  readonly tenant: string;
  note: unknown = undefined;
  /** Tasks that wait or run. */
  count = 0;
  bytes = 0;
  /** The places of the first and the last of those that are not prepared yet; -1: there are none. */
  oldest = -1;
  newest = -1;
  /** Whose turn it is to be prepared after this one's and before it, among those that have some. */
  next: Account<T> | undefined = undefined;
  before: Account<T> | undefined = undefined;
  isAboveShare = false;
  /** Tasks whose preparation was given up and has not come back: they are counted among the rest. */
  lost = 0;
  /** Where the prepared ones wait: one queue, as long as the tenant has one scope. */
  readonly leaves: Leaf<T>[] = [];

  constructor(tenant: string) {
    this.tenant = tenant;
  }
}

/** Count and bytes of a lane, or of a tenant's part of it. */
interface Room {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Accounts kept of tenants that hold nothing at the moment: most come back, and opening one costs as much as the rest of
 * an offer. A quarter of a kilobyte each.
 */
const maxKept = 2048;

/** How full a lane is, and who fills it. */
export class Tenants<T extends Queued<T>> {
  readonly #accounts = new Map<string, Account<T>>();
  readonly #aboveShare = new Set<Account<T>>();
  readonly #whole: Room;
  readonly #share: Room;
  /** Accounts that hold something. */
  #inUse = 0;
  count = 0;
  bytes = 0;

  constructor(limits: { maxCount: number; maxBytes: number; tenantShare: number }) {
    this.#whole = { count: limits.maxCount, bytes: limits.maxBytes };
    this.#share = {
      count: Math.max(1, Math.floor(limits.maxCount * limits.tenantShare)),
      bytes: Math.floor(limits.maxBytes * limits.tenantShare),
    };
  }

  /** Tenants with tasks that wait: looked for, as only who reads the statistics wants to know. */
  get waiting(): number {
    let waiting = 0;
    for (const account of this.#accounts.values()) {
      if (account.oldest >= 0 || account.leaves.some((leaf) => !leaf.isEmpty)) waiting++;
    }
    return waiting;
  }

  /** All that are known, also those that hold nothing at the moment. */
  get accounts(): Iterable<Account<T>> {
    return this.#accounts.values();
  }

  /** Whether so little is held that a loss can be said to be over. */
  get isRelaxed(): boolean {
    return this.count * 2 <= this.#share.count && this.bytes * 2 <= this.#share.bytes;
  }

  accountOf(tenant: string): Account<T> | undefined {
    return this.#accounts.get(tenant);
  }

  /**
   * Why there is no room for so many more tasks and bytes; undefined: there is. A task that is in the lane already and
   * only grows is held to the lane's bounds alone, lest a tenant that was alone loses all to the first newcomer.
   */
  refusal(account: Account<T> | undefined, count: number, bytes: number): DropReason | undefined {
    const isShared = this.#inUse > (account === undefined || account.count === 0 ? 0 : 1);
    if (isShared && count > 0 && this.#isAbove(account, count, bytes)) return 'tenant';
    if (this.count + count > this.#whole.count) return 'count';
    return this.bytes + bytes > this.#whole.bytes ? 'bytes' : undefined;
  }

  /** The tenants that hold more than their share: at most a few, as shares add up to the lane. */
  get aboveShare(): ReadonlySet<Account<T>> {
    return this.#aboveShare;
  }

  /** A new account for a tenant that has none. Kept for long, so it must not keep what the name was cut from. */
  open(name: string): Account<T> {
    const tenant = keyCopy(name);
    const account = new Account<T>(tenant);
    this.#accounts.set(tenant, account);
    return account;
  }

  /** Charges one more to the lane alone, where it has room for it. False: nothing was charged. */
  reserve(bytes: number): boolean {
    if (this.count >= this.#whole.count || this.bytes + bytes > this.#whole.bytes) return false;
    this.count++;
    this.bytes += bytes;
    return true;
  }

  /** Credits what was charged to the lane alone. */
  unreserve(bytes: number): void {
    this.count--;
    this.bytes -= bytes;
  }

  /** Charges one task more where there is room by every rule, as there nearly always is. False: nothing was charged. */
  admit(account: Account<T>, bytes: number): boolean {
    const count = account.count + 1;
    const held = account.bytes + bytes;
    if (count > this.#share.count || held > this.#share.bytes) return false;
    if (this.count >= this.#whole.count || this.bytes + bytes > this.#whole.bytes) return false;
    this.count++;
    this.bytes += bytes;
    account.count = count;
    account.bytes = held;
    if (count === 1) this.#inUse++;
    return true;
  }

  /** Credits one task and what it held. */
  release(account: Account<T>, bytes: number): void {
    if (account.isAboveShare) {
      this.charge(account, -1, -bytes);
      return;
    }
    this.count--;
    this.bytes -= bytes;
    account.bytes -= bytes;
    if (--account.count === 0) this.#emptied(account);
  }

  /** Charges tasks and bytes, or credits negative ones. */
  charge(account: Account<T>, count: number, bytes: number): void {
    const held = account.count;
    this.count += count;
    this.bytes += bytes;
    account.count += count;
    account.bytes += bytes;
    if (held === 0) this.#inUse++;
    if (account.count === 0) this.#emptied(account);
    const isAbove = this.#isAbove(account, 0, 0);
    if (isAbove === account.isAboveShare) return;
    account.isAboveShare = isAbove;
    if (isAbove) this.#aboveShare.add(account);
    else this.#aboveShare.delete(account);
  }

  #emptied(account: Account<T>): void {
    this.#inUse--;
    if (this.#accounts.size > maxKept) this.#accounts.delete(account.tenant);
  }

  #isAbove(account: Account<T> | undefined, count: number, bytes: number): boolean {
    const isAboveCount = (account?.count ?? 0) + count > this.#share.count;
    return isAboveCount || (account?.bytes ?? 0) + bytes > this.#share.bytes;
  }
}
