import type { Store } from '../core/contracts/store.ts';
import { check, having, issuesOf, type OptionCheck, refuse } from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import type { StoreDriver } from './driver.ts';
import { DriverStore } from './driver-store.ts';
import { PostgresDatabase } from './postgres/database.ts';
import { PostgresEvidence } from './postgres/evidence.ts';
import { PostgresLeases } from './postgres/leases.ts';
import { PostgresListener } from './postgres/listener.ts';
import type { PostgresPool } from './postgres/pool.ts';
import { PostgresRollouts } from './postgres/rollouts.ts';

export type * from '../core/contracts/store.ts';
export type {
  PostgresClient,
  PostgresPool,
  PostgresQuery,
  PostgresResult,
} from './postgres/pool.ts';

/** How a store in a Postgres database is made. */
export interface PostgresStoreOptions {
  /** Where the tables are: lower case letters, digits and `_`. @default 'engramia_cutover' */
  schema?: string | undefined;
  /** False: the schema is not changed, and one that is not up to date is an error. @default true */
  migrate?: boolean | undefined;
  /**
   * Milliseconds after which the server gives up a statement, or a transaction that stands still. The pool is waited for twice
   * as long at most. @default 5_000
   */
  timeoutMs?: number | undefined;
  /**
   * Whether changes made elsewhere are heard at once, over one connection of the pool, instead of at the next look.
   * @default true, unless the pool has one connection only
   */
  listen?: boolean | undefined;
  /** A seam for tests; leases run on the server's time. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/** What every server takes as a name without folding or cutting it. */
const identifier: OptionCheck = {
  test: (value) => typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value),
  must: 'be 1 to 63 lower case letters, digits and _, not beginning with a digit',
};

const checks = {
  schema: identifier,
  migrate: check.boolean,
  timeoutMs: {
    test: (value: unknown) => check.milliseconds.test(value) && Number.isInteger(value),
    must: check.milliseconds.must,
  },
  listen: check.boolean,
  clock: check.clock,
};

/**
 * Keeps everything in Postgres, for any number of replicas. The pool is yours, and stays open; the tables are made when
 * they are first needed.
 *
 * @throws InvalidOptionsError
 * @example
 * const store = postgresStore(new pg.Pool({ connectionString }));
 */
export function postgresStore(pool: PostgresPool, options: PostgresStoreOptions = {}): Store {
  const isPool = having('query', 'connect').test(pool);
  refuse('postgresStore()', [
    ...(isPool ? [] : ['pool must be a Pool of pg, with query() and connect()']),
    ...issuesOf(options, checks),
  ]);
  const { schema = 'engramia_cutover', migrate = true, timeoutMs = 5_000 } = options;
  const { clock = systemClock, listen = pool.options?.max !== 1 } = options;
  const database = new PostgresDatabase({ pool, schema, timeoutMs, migrates: migrate });
  const driver: StoreDriver = {
    name: 'Postgres',
    rollouts: new PostgresRollouts(database, schema),
    leases: new PostgresLeases(database),
    evidence: new PostgresEvidence(database),
    ...(listen
      ? { listen: (onHint) => new PostgresListener({ pool, channel: schema, clock }, onHint) }
      : {}),
    close: async () => undefined,
  };
  return new DriverStore(driver, clock);
}
