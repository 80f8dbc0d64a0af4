/** The longest time that a timer of Node can have, milliseconds: with a longer one it would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** A pending timer, to be handed back to `clearTimeout`. */
export type TimerHandle = unknown;

/** Where the library reads time and sets timers: a seam for tests. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls `run` once after `ms`. The timer never keeps the process alive. */
  setTimeout(run: () => void, ms: number): TimerHandle;
  /** Forgets a timer; a handle that has fired is ignored. */
  clearTimeout(handle: TimerHandle): void;
}

/**
 * Lets a timer keep the process alive after all: whoever awaits it means it, and without one that counts the process could end
 * in the middle.
 */
export function keepAliveBy(timer: TimerHandle): void {
  (timer as { ref?: () => unknown } | null | undefined)?.ref?.();
}

/** Node's own clock with timers that are unref'd. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
