import { type Clock, systemClock } from '../../core/time/clock.ts';

/** Milliseconds that two looks at two clocks may lie apart without a jump. */
const toleranceMs = 100;

/** A moment on both clocks of a machine. */
export interface Moment {
  /** Wall time, milliseconds since the epoch. */
  readonly now: number;
  /** When the machine's monotonic clock began, by the wall clock of now: another one once that was set. */
  readonly origin: number;
}

/** When a row was written, and until when it holds, by the wall clock of then. */
export interface Held {
  readonly at: number;
  readonly until: number;
  /** Null: it was written by a version that did not know it. */
  readonly origin: number | null;
}

// The same for all processes of a machine, other than `performance.now()`, which begins with each.
const sinceBootMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** Reads both clocks of the machine. The monotonic one of a clock for tests stands for the machine's. */
export function machineTime(clock: Clock): () => Moment {
  const steadyMs = clock === systemClock ? sinceBootMs : () => Math.floor(clock.monotonic());
  return () => {
    const now = clock.now();
    return { now, origin: now - steadyMs() };
  };
}

/**
 * Milliseconds by which the wall clock was set ahead since a row was written: it holds so much longer, as its holder counts on
 * the monotonic clock. 0 where that began anew since, or the row was given back; a clock that was set back ends nothing early.
 */
export function setAheadMs({ at, until, origin }: Held, moment: Moment): number {
  if (origin === null || until <= at) return 0;
  const wasRebooted = at - origin > moment.now - moment.origin;
  const ahead = moment.origin - origin;
  return ahead > toleranceMs && !wasRebooted ? ahead : 0;
}
