import type { Store } from '../core/contracts/store.ts';
import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import type { StoreDriver } from './driver.ts';
import { DriverStore } from './driver-store.ts';
import { SqliteDatabase } from './sqlite/database.ts';
import { SqliteEvidence } from './sqlite/evidence.ts';
import { SqliteLeases } from './sqlite/leases.ts';
import { SqliteRollouts } from './sqlite/rollouts.ts';

export type * from '../core/contracts/store.ts';

/** How a store in an SQLite file is made. */
export interface SqliteStoreOptions {
  /** The file, which is made when it is not there. SQLite keeps two more beside it, `-wal` and `-shm`. */
  path: string;
  /** Milliseconds that a write waits for those of other processes before it rejects. @default 5_000 */
  busyTimeoutMs?: number | undefined;
  /**
   * A seam for tests. Leases run on both its times, and its monotonic one stands for the machine's.
   *
   * @default Node's clock, timers unref'd
   */
  clock?: Clock | undefined;
}

/**
 * Keeps everything in one file on a local disk, by Node's own `node:sqlite`, for all processes of this machine. A commit
 * is on the disk when it resolves; what was counted, a moment later.
 *
 * @throws InvalidOptionsError for options that cannot be used, a Node without `node:sqlite`, and a file that a newer
 * version of this package has written
 * @example
 * const store = sqliteStore({ path: 'cutover.db' });
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const checks = {
    path: required(check.text),
    busyTimeoutMs: check.milliseconds,
    clock: check.clock,
  };
  refuse('sqliteStore()', issuesOf(options, checks));
  const { path, busyTimeoutMs = 5_000, clock = systemClock } = options;
  const database = new SqliteDatabase(path, busyTimeoutMs);
  const driver: StoreDriver = {
    name: 'SQLite',
    rollouts: new SqliteRollouts(database),
    leases: new SqliteLeases(database, clock),
    evidence: new SqliteEvidence(database, clock),
    close: async () => database.close(),
  };
  return new DriverStore(driver, clock);
}
