import { type Clock, keepAliveBy, longestTimerMs } from '../../core/time/clock.ts';

interface Waiting {
  readonly done: () => void;
  /** Ends the wait after `timeoutMs`, if it does not end earlier anyway. */
  readonly hurry: (timeoutMs: number) => void;
}

/** Those who wait for a lane to become empty. */
export class Drain {
  readonly #clock: Clock;
  readonly #isEmpty: () => boolean;
  readonly #waiting = new Set<Waiting>();

  constructor(clock: Clock, isEmpty: () => boolean) {
    this.#clock = clock;
    this.#isEmpty = isEmpty;
  }

  /** Tells those who wait, if there is nothing left. Cheap when nobody waits. */
  check(): void {
    if (this.#waiting.size === 0 || !this.#isEmpty()) return;
    for (const { done } of [...this.#waiting]) done();
  }

  /** Resolves when there is nothing left, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve();
    return new Promise((resolve) => {
      let dueAt = Number.POSITIVE_INFINITY;
      let timer: unknown;
      const done = (): void => {
        this.#clock.clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve();
      };
      const hurry = (ms: number): void => {
        const at = this.#clock.monotonic() + ms;
        if (at >= dueAt) return;
        dueAt = at;
        this.#clock.clearTimeout(timer);
        timer = this.#setTimer(done, ms);
      };
      const waiting = { done, hurry };
      this.#waiting.add(waiting);
      hurry(timeoutMs);
    });
  }

  /** Lets nobody wait longer than `timeoutMs` from now. */
  hurry(timeoutMs: number): void {
    for (const waiting of this.#waiting) waiting.hurry(timeoutMs);
  }

  #setTimer(run: () => void, ms: number): unknown {
    const timer = this.#clock.setTimeout(run, Math.min(Math.max(ms, 0), longestTimerMs));
    keepAliveBy(timer);
    return timer;
  }
}
