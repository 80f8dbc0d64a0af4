import { inRootScope } from '../../core/root-scope.ts';
import type { Clock } from '../../core/time/clock.ts';

/**
 * Time to within one turn of the event loop, looked up once a turn: what mirrored calls are timed by, since two looks at
 * the clock cost as much as serving.
 */
export class TurnClock {
  readonly #clock: Clock;
  #now = 0;
  #isFresh = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  monotonic(): number {
    if (!this.#isFresh) this.#look();
    return this.#now;
  }

  #look(): void {
    this.#now = this.#clock.monotonic();
    this.#isFresh = true;
    inRootScope(() =>
      setImmediate(() => {
        this.#isFresh = false;
      }),
    );
  }
}
