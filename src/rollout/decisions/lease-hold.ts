import { disregard } from '../../core/attempt.ts';
import type { Lease, LeaseAnswer, LeaseFence } from '../../core/contracts/rollout-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** Share of a lease after which it is renewed while work goes on under it: two that fail in a row do no harm. */
const renewAfter = 0.3;

/** Renewals of a lease while one piece of work goes on: for ten leases, five minutes by default. */
const mostRenewals = 30;

/** Whose lease of what is held, and for how long. */
export interface LeaseHoldSetting {
  readonly store: Store;
  readonly lease: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Told when another process has taken the lease under this holder's own name. */
  readonly shared?: () => void;
  /** Told of a lease of another's that lasts far longer than leases do, at each look. */
  readonly stuck?: (lease: Lease) => void;
  /** The store's time as this process knows it, milliseconds since the epoch; needed for `stuck`. */
  readonly now?: () => number;
  /** The same, asked of the store; needed for `stuck`. */
  readonly storeNow?: () => Promise<number>;
}

/** Leases of one's own that another's may last: what lasts longer nobody has asked for. */
const mostLeases = 20;

/** A lease: taken where it is free, kept while work goes on under it, given back. */
export class LeaseHold {
  readonly #setting: LeaseHoldSetting;
  #lease: Lease | undefined;
  #isLeft = false;
  /** The token that was given last. */
  #newest = 0;

  constructor(setting: LeaseHoldSetting) {
    this.#setting = setting;
  }

  /** Whether it was this holder's when that was last asked. */
  get isHeld(): boolean {
    return this.#lease !== undefined;
  }

  /** Renews the lease, or takes it; undefined: it is another's. */
  async take(): Promise<LeaseFence | undefined> {
    const { store, lease: name, holder, leaseMs } = this.#setting;
    const before = this.#lease;
    this.#lease = undefined;
    const renewed = before && (await this.#renewed(before));
    const answer = renewed?.ok ? renewed : await store.acquire(name, holder, leaseMs);
    if (!answer.ok) return this.#refused(answer.lease);
    this.#lease = answer.lease;
    this.#newest = answer.lease.token;
    return { name: answer.lease.name, token: answer.lease.token };
  }

  /**
   * Does work under the lease, which is renewed meanwhile: of many tenants a look takes longer than the lease lasts. Not for ever:
   * what hangs would keep all others from that work.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const { clock, leaseMs } = this.#setting;
    let left = mostRenewals;
    let timer: TimerHandle;
    const renewLater = (): void => {
      timer = inRootScope(() =>
        clock.setTimeout(() => {
          if (this.#isLeft) return;
          left -= 1;
          // Whether or not this one is ever answered.
          if (left > 0) renewLater();
          disregard(this.#renew());
        }, renewAfter * leaseMs),
      );
    };
    renewLater();
    try {
      return await work();
    } finally {
      clock.clearTimeout(timer);
    }
  }

  /** Renews the lease no more: work that goes on under it has until it runs out. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Gives the lease back: whoever closes the store next would leave its work without anybody for as long as it lasts. */
  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease !== undefined) await this.#setting.store.release(lease);
  }

  async #refused(lease: Lease): Promise<undefined> {
    const { leaseMs, now, storeNow, stuck } = this.#setting;
    const isLong = (at = lease.until): boolean => lease.until - at > mostLeases * leaseMs;
    // A process is behind the store's time by as long as its machine has slept.
    if (isLong(now?.()) && isLong(await storeNow?.())) stuck?.(lease);
    return undefined;
  }

  async #renew(): Promise<void> {
    const before = this.#lease;
    if (before === undefined) return;
    const { ok, lease } = await this.#renewed(before);
    if (this.#lease === before) this.#lease = ok ? lease : undefined;
  }

  async #renewed(before: Lease): Promise<LeaseAnswer> {
    const { store, holder, leaseMs, shared } = this.#setting;
    const answer = await store.renew(before, leaseMs);
    const { ok, lease } = answer;
    // A renewal that comes late meets a lease that this one has taken since.
    if (!ok && lease.holder === holder && lease.token > this.#newest) shared?.();
    return answer;
  }
}
