import type { Clock, TimerHandle } from '../core/clock.ts';

/** How long a call may go on: until its caller has gone, or its time is over. */
export class Lifetime {
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #deadline: TimerHandle;
  readonly #follow = (): void => this.#over.abort(this.#caller?.reason);

  /** @param late - what is thrown when the time is over */
  constructor(clock: Clock, caller: AbortSignal | undefined, ms: number, late: () => Error) {
    this.#clock = clock;
    this.#caller = caller;
    this.#deadline = clock.setTimeout(() => this.#over.abort(late()), ms);
    caller?.addEventListener('abort', this.#follow, { once: true });
    if (caller?.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** What a promise gives; rejects as soon as the call is over. */
  async until<T>(promise: PromiseLike<T> | T): Promise<T> {
    const { signal } = this;
    const { promise: over, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await Promise.race([promise, over]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Waits; rejects as soon as the call is over. */
  async pause(ms: number): Promise<void> {
    let timer: TimerHandle;
    const passed = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, ms);
    });
    try {
      await this.until(passed);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  /** Lets go of the caller's signal and of the deadline. */
  end(): void {
    this.#caller?.removeEventListener('abort', this.#follow);
    this.#clock.clearTimeout(this.#deadline);
  }
}
