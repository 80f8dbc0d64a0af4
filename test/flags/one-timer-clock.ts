import type { Clock } from '../../src/core/time/clock.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';

/** A clock for what sets one timer after the other, each once the work of the last is done. */
export function oneTimerClock() {
  let run = (): void => undefined;
  let armed = (): void => undefined;
  let timers = 0;
  const clock: Clock = {
    ...fakeClock(),
    setTimeout: (due) => {
      timers += 1;
      run = due;
      armed();
      return due;
    },
    clearTimeout: () => undefined,
  };
  return {
    clock,
    /** Timers that were set so far. */
    get timers() {
      return timers;
    },
    /** Runs the latest timer, and waits until there is the next one. */
    next: (): Promise<void> =>
      new Promise((resolve) => {
        armed = resolve;
        run();
      }),
  };
}
