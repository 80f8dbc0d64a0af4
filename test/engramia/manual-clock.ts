import type { Clock } from '../../src/core/time/clock.ts';

/** A clock that moves only by hand. */
export class ManualClock implements Clock {
  #time: number;
  readonly #timers = new Map<object, { readonly at: number; readonly run: () => void }>();

  constructor(start = Date.UTC(2026, 10, 22, 12, 0, 10)) {
    this.#time = start;
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  setTimeout(run: () => void, ms: number): object {
    const handle = {};
    this.#timers.set(handle, { at: this.#time + ms, run });
    return handle;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as object);
  }

  /** Timers that have not fired and were not cleared. */
  get waiting(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.#time += ms;
    for (const [handle, { at, run }] of this.#timers) {
      if (at > this.#time) continue;
      this.#timers.delete(handle);
      run();
    }
  }
}
