import { type Clock, systemClock } from '../../src/core/time/clock.ts';

/** Node's clock, whose times can be moved on; timers run as they do. */
export function movableClock(): { clock: Clock; advance(ms: number): void } {
  let moved = 0;
  return {
    clock: {
      ...systemClock,
      now: () => systemClock.now() + moved,
      monotonic: () => systemClock.monotonic() + moved,
    },
    advance(ms) {
      moved += ms;
    },
  };
}
