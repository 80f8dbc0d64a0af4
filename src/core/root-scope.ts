import { AsyncResource } from 'node:async_hooks';

const root = new AsyncResource('engramia-cutover', { requireManualDestroy: true });

/**
 * Runs `start` in the async context in which the library was loaded. Pumps and timers begin here, else a timer begun
 * in a call would carry that tenant's `AsyncLocalStorage` into the work of others.
 */
export function inRootScope<T>(start: () => T): T {
  return root.runInAsyncScope(start);
}
