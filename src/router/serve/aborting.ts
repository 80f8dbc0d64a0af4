import { attempt } from '../../core/attempt.ts';

/** The signal of one served candidate: aborts with the caller and at the deadline. Made only when it is asked for. */
export class Aborting {
  readonly #controller = new AbortController();
  #unfollow: (() => void) | undefined;

  constructor(caller: AbortSignal | null | undefined) {
    // `fetch` takes null for no signal, and so do those who hand on what it was given. What is no signal at all is not followed.
    if (caller) attempt(() => this.#follow(caller));
  }

  #follow(caller: AbortSignal): void {
    const abort = (): void => this.#controller.abort(caller.reason);
    if (caller.aborted) {
      abort();
      return;
    }
    caller.addEventListener('abort', abort, { once: true });
    this.#unfollow = () => attempt(() => caller.removeEventListener('abort', abort));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** Lets go of the caller's signal: a long-lived one must not collect listeners. */
  unfollow(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }
}
