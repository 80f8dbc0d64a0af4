import type { Clock } from '../core/clock.ts';

/** The end of one call: by time, or by the caller's own signal. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Why the call was ended; undefined while it may run. */
  ended(): 'timeout' | 'aborted' | undefined;
  /** Settles as the promise does, or rejects as soon as the call is ended. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Forgets the timer and the caller's signal. */
  release(): void;
}

/** Starts a deadline of `ms` milliseconds that `outer` may end earlier. */
export function startDeadline(clock: Clock, ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let why: 'timeout' | 'aborted' | undefined;
  let fail: (reason: Error) => void = () => {};
  const broken = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  broken.catch(() => {}); // nobody may be racing when it breaks
  const end = (reason: 'timeout' | 'aborted'): void => {
    why ??= reason;
    fail(new Error('The call was ended.'));
    controller.abort();
  };
  const abort = (): void => end('aborted');
  outer?.addEventListener('abort', abort, { once: true });
  const timer = clock.setTimeout(() => end('timeout'), ms);
  if (outer?.aborted) abort();
  return {
    signal: controller.signal,
    ended: () => why,
    race: (promise) => Promise.race([promise, broken]),
    release: () => {
      clock.clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
