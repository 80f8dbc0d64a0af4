import type { Clock } from '../core/time/clock.ts';
import { minuteMs } from '../core/time/spans.ts';

const secondMs = 1_000;

/** The service's wall clock as far as its `Date` headers tell it; ours until the first one. */
export class ServerClock {
  readonly #clock: Clock;
  #skewMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds by which the service's clock is ahead of ours; negative when it is behind. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** The service's wall time, milliseconds since the epoch. */
  now(): number {
    return this.#clock.now() + this.#skewMs;
  }

  /** Takes the smallest change of the skew that explains a `Date` header; it was cut to whole seconds. */
  observe(dateMs: number, sentAtMs: number, receivedAtMs: number): void {
    const least = dateMs - receivedAtMs;
    const most = dateMs + secondMs - sentAtMs;
    this.#skewMs = Math.min(Math.max(this.#skewMs, least), most);
  }
}

/** Milliseconds from a wall time to the next full minute: at least 1, at most 60,000. */
export function untilNextMinute(timeMs: number): number {
  return minuteMs - (timeMs % minuteMs);
}
