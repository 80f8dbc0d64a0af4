import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** Milliseconds between two times at which a route's legacy is told to be gone. */
const paceMs = 60_000;

const idle = { timer: undefined, waiting: undefined };

/** What was told of a route's legacy last. */
interface Told {
  /** Undefined: nothing yet. */
  isGone: boolean | undefined;
  /** When it was told to be gone, on the monotonic clock. */
  goneAt: number;
  timer: TimerHandle;
  /** Tells what waits for its time; undefined: nothing does. */
  waiting: (() => void) | undefined;
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
    told.waiting = undefined;
    if (isGone === told.isGone) return;
    const waitMs = isGone ? told.goneAt + paceMs - this.#clock.monotonic() : 0;
    const say = (): void => {
      told.waiting = undefined;
      told.isGone = isGone;
      if (isGone) told.goneAt = this.#clock.monotonic();
      tell();
    };
    if (waitMs <= 0) say();
    else {
      told.waiting = say;
      inRootScope(() => {
        told.timer = this.#clock.setTimeout(say, waitMs);
      });
    }
  }

  /** Tells at once what waits for its time: whoever comes next has heard of nothing. */
  close(): void {
    for (const { timer, waiting } of this.#routes.values()) {
      this.#clock.clearTimeout(timer);
      waiting?.();
    }
  }

  #of(route: string): Told {
    const known = this.#routes.get(route);
    if (known !== undefined) return known;
    const told: Told = { isGone: undefined, goneAt: Number.NEGATIVE_INFINITY, ...idle };
    this.#routes.set(route, told);
    return told;
  }
}
