import { attempt, disregard } from '../attempt.ts';
import { type Clock, systemClock, type TimerHandle } from './clock.ts';

/** Stands still while the app's clock gives no time: most of its readers have a caller waiting behind them. */
function safeReading(read: () => unknown, start: number): () => number {
  let last = start;
  return () => {
    const time = attempt(read);
    if (typeof time === 'number' && Number.isFinite(time)) last = time;
    else disregard(time);
    return last;
  };
}

/** A clock of the app's that never fails: a timer that it does not set is Node's. */
export function safeClock(clock: Clock): Clock {
  const instead = new WeakSet<object>();
  const nodeTimer = (run: () => void, ms: number): TimerHandle => {
    const timer = systemClock.setTimeout(run, ms) as object;
    instead.add(timer);
    return timer;
  };
  return {
    now: safeReading(() => clock.now(), systemClock.now()),
    monotonic: safeReading(() => clock.monotonic(), systemClock.monotonic()),
    setTimeout(run, ms) {
      const set = attempt(() => ({ timer: clock.setTimeout(run, ms) }));
      if (set === undefined) return nodeTimer(run, ms);
      // A promise of a delay is a timer as well, and nobody hears of what it rejects with.
      disregard(set.timer);
      return set.timer;
    },
    clearTimeout(handle) {
      if (instead.has(handle as object)) systemClock.clearTimeout(handle);
      else disregard(attempt(() => clock.clearTimeout(handle)));
    },
  };
}
