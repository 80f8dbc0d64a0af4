import type { Lease, LeaseFence, Store } from '../../core/contracts/store.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** Share of a lease after which it is renewed while work goes on under it: two that fail in a row do no harm. */
const renewAfter = 0.3;

/** Whose lease of what is held, and for how long. */
export interface LeaseHoldSetting {
  readonly store: Store;
  readonly lease: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/** A lease: taken where it is free, kept while work goes on under it, given back. */
export class LeaseHold {
  readonly #setting: LeaseHoldSetting;
  #lease: Lease | undefined;

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
    const renewed = before && (await store.renew(before, leaseMs));
    const answer = renewed?.ok ? renewed : await store.acquire(name, holder, leaseMs);
    if (!answer.ok) return undefined;
    this.#lease = answer.lease;
    return { name: answer.lease.name, token: answer.lease.token };
  }

  /** Does work under the lease, which is renewed meanwhile: of many tenants a look takes longer than the lease lasts. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const { clock, leaseMs } = this.#setting;
    let isOver = false;
    let timer: TimerHandle;
    const renewLater = (): void => {
      timer = inRootScope(() =>
        clock.setTimeout(() => void this.#renew().then(goOn, goOn), renewAfter * leaseMs),
      );
    };
    const goOn = (): void => {
      if (!isOver) renewLater();
    };
    renewLater();
    try {
      return await work();
    } finally {
      isOver = true;
      clock.clearTimeout(timer);
    }
  }

  /** Gives the lease back: whoever closes the store next would leave its work without anybody for as long as it lasts. */
  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease !== undefined) await this.#setting.store.release(lease);
  }

  async #renew(): Promise<void> {
    const before = this.#lease;
    if (before === undefined) return;
    const { ok, lease } = await this.#setting.store.renew(before, this.#setting.leaseMs);
    if (ok && this.#lease === before) this.#lease = lease;
  }
}
