import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/**
 * The end of one call: by time, or by the caller's own signal. One promise settles for the whole call, as a race of each of its
 * waits against the end would cost more than the waits.
 */
export class Deadline<Answer> {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #outer: AbortSignal | undefined;
  readonly #timer: TimerHandle;
  #settle: { resolve(answer: Answer): void; reject(reason: Error): void } | undefined;
  /** Why the call was ended; undefined while it may run. */
  ended: 'timeout' | 'aborted' | undefined = undefined;
  /** What is an answer even if the rest of it does not come. */
  soFar: Answer | undefined = undefined;
  /** Lets go of what the call waits for. */
  drop: (() => void) | undefined = undefined;

  /** Starts a deadline of `ms` milliseconds that `outer` may end earlier. */
  constructor(clock: Clock, ms: number, outer: AbortSignal | undefined) {
    this.#clock = clock;
    this.#outer = outer;
    outer?.addEventListener('abort', this.#abort, { once: true });
    this.#timer = clock.setTimeout(() => this.#end('timeout'), ms);
    if (outer?.aborted) this.#end('aborted');
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Settles as the work does, or as soon as the call is ended. */
  race(work: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      work.then(resolve, reject);
      if (this.ended !== undefined) this.#settleNow();
    });
  }

  /** Forgets the timer and the caller's signal. */
  release(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#end('aborted');

  #end(why: 'timeout' | 'aborted'): void {
    this.ended ??= why;
    this.#settleNow();
    this.#controller.abort();
    this.drop?.();
  }

  #settleNow(): void {
    if (this.soFar === undefined) this.#settle?.reject(new Error('The call was ended.'));
    else this.#settle?.resolve(this.soFar);
  }
}
