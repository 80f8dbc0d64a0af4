import { type Clock, systemClock, type TimerHandle } from '../core/time/clock.ts';

/** Milliseconds that what is done after a call may take: a run to be cancelled, a thread to be deleted. */
export const tidyMs = 10_000;

/** Node's own clock for what a caller waits for: a program with nothing else to do must not end before it. */
const callersClock: Clock = { ...systemClock, setTimeout: (run, ms) => setTimeout(run, ms) };

/** How long, and for whom. */
export interface LifetimeInit {
  /** Absent: Node's own. */
  readonly clock: Clock | undefined;
  readonly caller: AbortSignal | undefined;
  /** Milliseconds until it is over in any case. */
  readonly timeoutMs: number;
  /** What is thrown then. */
  readonly late: () => Error;
  /** Whether nobody waits for it. */
  readonly isBackground: boolean;
}

/** How long a call may go on: until its caller has gone, or its time is over. */
export class Lifetime {
  readonly #clock: Clock;
  readonly #waits: Clock;
  readonly #over = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #deadline: TimerHandle;
  readonly #follow = (): void => this.#over.abort(this.#caller?.reason);

  constructor({ clock, caller, timeoutMs, late, isBackground }: LifetimeInit) {
    this.#clock = clock ?? systemClock;
    this.#waits = clock ?? (isBackground ? systemClock : callersClock);
    this.#caller = caller;
    this.#deadline = this.#clock.setTimeout(() => this.#over.abort(late()), timeoutMs);
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
      timer = this.#waits.setTimeout(resolve, ms);
    });
    try {
      await this.until(passed);
    } finally {
      this.#waits.clearTimeout(timer);
    }
  }

  /** Lets go of the caller's signal and of the deadline. */
  end(): void {
    this.#caller?.removeEventListener('abort', this.#follow);
    this.#clock.clearTimeout(this.#deadline);
  }
}
