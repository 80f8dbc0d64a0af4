import { type Clock, longestTimerMs, type TimerHandle } from '../../core/time/clock.ts';

/** The one timer of a lane. It rings no later than asked, perhaps earlier; then it is to be set again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: TimerHandle | undefined = undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Asks for a ring at a monotonic time. An earlier one that was asked for stays. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    const delayMs = Math.min(Math.max(Math.ceil(at - this.#clock.monotonic()), 0), longestTimerMs);
    this.#timer = this.#clock.setTimeout(() => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#timer = undefined;
      this.#ring();
    }, delayMs);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
