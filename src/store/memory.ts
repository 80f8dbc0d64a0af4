import type { Store } from '../core/contracts/store.ts';
import { check, issuesOf, refuse } from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import { DriverStore } from './driver-store.ts';
import { memoryDriver } from './memory/memory-driver.ts';

export type * from '../core/contracts/store.ts';

/** How a store in memory is made. */
export interface MemoryStoreOptions {
  /** A seam for tests; leases run on its wall time. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/**
 * Keeps everything in this process, for tests and first steps: it is gone when the process ends.
 *
 * @throws InvalidOptionsError
 * @example
 * const store = memoryStore();
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  refuse('memoryStore()', issuesOf(options, { clock: check.clock }));
  const { clock: ticking = systemClock } = options;
  return new DriverStore(memoryDriver(ticking), ticking);
}
