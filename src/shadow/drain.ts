import type { Clock } from '../core/clock.ts';

/** Those who wait for a lane to become empty. */
export class Drain {
  readonly #clock: Clock;
  readonly #isEmpty: () => boolean;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock, isEmpty: () => boolean) {
    this.#clock = clock;
    this.#isEmpty = isEmpty;
  }

  /** Tells those who wait, if there is nothing left. Cheap when nobody waits. */
  check(): void {
    if (this.#waiting.size === 0 || !this.#isEmpty()) return;
    for (const done of [...this.#waiting]) done();
  }

  /** Resolves when there is nothing left, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#clock.clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = this.#clock.setTimeout(done, Math.min(Math.max(timeoutMs, 0), 2 ** 31 - 1));
      // Whoever awaits this means it: without a timer that counts, the process could end in the middle.
      (timer as { ref?: () => unknown } | null)?.ref?.();
      this.#waiting.add(done);
    });
  }
}
