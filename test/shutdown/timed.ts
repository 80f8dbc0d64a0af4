import { setTimeout } from 'node:timers/promises';

/** How long something took that had a deadline. */
export interface Timed<T> {
  readonly value: T;
  readonly elapsedMs: number;
  /** Milliseconds by which it ended after a plain timer of the same length: what a busy machine adds falls on both. */
  readonly lateMs: number;
}

/** Takes the time of what has to end within `timeoutMs`. */
export async function timed<T>(timeoutMs: number, run: () => Promise<T>): Promise<Timed<T>> {
  const startedAt = performance.now();
  const timer = new AbortController();
  const { signal } = timer;
  const due = setTimeout(timeoutMs, undefined, { ref: false, signal }).then(
    () => performance.now(),
    () => startedAt + timeoutMs,
  );
  const value = await run();
  const endedAt = performance.now();
  if (endedAt - startedAt < timeoutMs) timer.abort();
  return { value, elapsedMs: endedAt - startedAt, lateMs: endedAt - (await due) };
}
