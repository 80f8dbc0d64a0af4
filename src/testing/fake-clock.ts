import { show } from '../core/option-checks.ts';
import type { Clock, TimerHandle } from '../core/time/clock.ts';

/** A clock that stands still until it is advanced. */
export interface FakeClock extends Clock {
  /** Timers that have not fired. */
  readonly pending: number;
  /**
   * Moves time by `ms` milliseconds and runs the timers that fall due, in order and each at its own time. Between two
   * timers, and at the end, microtasks and immediates run; sockets do not wait for a fake clock.
   *
   * @throws what a timer throws
   */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

// Kept from before a test runner fakes the global ones.
const immediate = setImmediate;
// An immediate that was set by an immediate runs a turn later; these cover what the library chains, two of which are those
// until the socket of a request that was given up is gone.
const turns = 6;

async function settle(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => immediate(resolve));
  }
}

/**
 * Makes a clock for tests.
 *
 * @param startMs Wall time, milliseconds since the epoch. @default 2026-01-01T00:00:00Z
 * @throws TypeError for what is no time: a text or a Date
 * @example
 * const clock = fakeClock();
 * clock.setTimeout(remind, 60_000);
 * await clock.advance(60_000);
 */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  if (!Number.isFinite(startMs))
    throw new TypeError(
      `fakeClock() starts at milliseconds since the epoch, not ${show(startMs)}.`,
    );
  const timers = new Set<Timer>();
  let elapsed = 0;

  // Timers of one moment fire in the order in which they were set, as the set keeps it.
  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  };

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    setTimeout(run, ms): TimerHandle {
      const timer = { at: elapsed + Math.max(0, ms), run };
      timers.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers.delete(handle as Timer);
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        timers.delete(due);
        elapsed = Math.max(elapsed, due.at);
        due.run();
        await settle();
      }
      elapsed = Math.max(elapsed, until);
    },
  };
}
