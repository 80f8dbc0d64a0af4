import type { Store } from '../../core/contracts/store.ts';
import type { Clock } from '../../core/time/clock.ts';

/**
 * The store's time, asked once and counted on by this process's monotonic clock: whoever sets a clock back or ahead while
 * a step is held changes nothing.
 */
export class StoreTime {
  readonly #clock: Clock;
  #anchor: { readonly at: number; readonly monotonic: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async begin(store: Store, rollout: string): Promise<void> {
    if (this.#anchor !== undefined) return;
    const { now } = await store.replicas(rollout);
    this.#anchor ??= { at: now, monotonic: this.#clock.monotonic() };
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => {
    const anchor = this.#anchor;
    if (anchor === undefined) return this.#clock.now();
    return Math.floor(anchor.at + this.#clock.monotonic() - anchor.monotonic);
  };
}
