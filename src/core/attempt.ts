import { isThenable } from './call/observation.ts';

/** What `run` gives, or undefined when it throws: for looks at values that may be anything, a revoked proxy included. */
export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * Keeps the rejection of a promise that nobody was to return from being an unhandled one: a callback that has to answer
 * at once may have been written `async`.
 */
export function disregard(value: unknown): void {
  if (attempt(() => isThenable(value))) Promise.resolve(value).catch(() => undefined);
}
