import type { Clock, TimerHandle } from '../core/clock.ts';
import { inRootScope } from '../core/root-scope.ts';

/** Milliseconds between two times at which a route's legacy is told to be gone. */
const paceMs = 60_000;

/** What was told of a route's legacy last. */
interface Told {
  /** Undefined: nothing yet. */
  isGone: boolean | undefined;
  /** When it was told to be gone, on the monotonic clock. */
  goneAt: number;
  timer: TimerHandle;
}

/**
 * Tells whether the legacy of a route is gone, at once. One that comes and goes with each call, such as half of the servers
 * behind one address, is told to be gone once a minute: each word is an entry of the trail.
 */
export class LegacyNews {
  readonly #clock: Clock;
  readonly #routes = new Map<string, Told>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(route: string, isGone: boolean, tell: () => void): void {
    const told = this.#of(route);
    this.#clock.clearTimeout(told.timer);
    if (isGone === told.isGone) return;
    const waitMs = isGone ? told.goneAt + paceMs - this.#clock.monotonic() : 0;
    const say = (): void => {
      told.isGone = isGone;
      if (isGone) told.goneAt = this.#clock.monotonic();
      tell();
    };
    if (waitMs <= 0) say();
    else {
      inRootScope(() => {
        told.timer = this.#clock.setTimeout(say, waitMs);
      });
    }
  }

  close(): void {
    for (const { timer } of this.#routes.values()) this.#clock.clearTimeout(timer);
  }

  #of(route: string): Told {
    const known = this.#routes.get(route);
    if (known !== undefined) return known;
    const told: Told = { isGone: undefined, goneAt: Number.NEGATIVE_INFINITY, timer: undefined };
    this.#routes.set(route, told);
    return told;
  }
}
