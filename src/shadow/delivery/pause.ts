import type { Clock } from '../../core/time/clock.ts';

/** A time in which nothing is sent. While there is none, nobody looks at the clock: a look costs as much as the asking. */
export class Pause {
  readonly #clock: Clock;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that are left; 0: none. */
  get leftMs(): number {
    return this.#until === 0 ? 0 : Math.max(this.#until - this.#clock.monotonic(), 0);
  }

  /** Lasts so many milliseconds from now at least. */
  hold(forMs: number): void {
    this.#until = Math.max(this.#until, this.#clock.monotonic() + forMs);
  }
}
