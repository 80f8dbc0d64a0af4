import { Pool } from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { postgresStore } from '../../src/store/postgres.ts';
import type { StoreHarness } from '../../src/testing/stores/store-harness.ts';
import { EmbeddedPool } from './embedded-pool.ts';
import { installedPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';

const bin = installedPostgres();

/** Says which Postgres the tests run on. */
export const postgresName = bin === undefined ? 'an embedded Postgres' : `a server of ${bin}`;

/** A Postgres for the tests of a file. */
export interface PostgresWorld {
  /** Whether it is a server, which has many connections. */
  readonly isServer: boolean;
  pool(max?: number): Pool | EmbeddedPool;
  /** A schema that no other test has used. */
  freshSchema(): string;
  harness(): StoreHarness;
}

/** Runs one Postgres for all tests of a file: the machine's, else one within this process. */
export function postgresWorld(): PostgresWorld {
  let server: PostgresServer | undefined;
  let embedded: EmbeddedPool | undefined;
  let schemas = 0;
  let common: Pool | EmbeddedPool | undefined;
  const pools: Pool[] = [];

  beforeAll(async () => {
    if (bin === undefined) embedded = new EmbeddedPool();
    else server = await startPostgres(bin);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await embedded?.end();
    await server?.stop();
  });

  const world: PostgresWorld = {
    isServer: bin !== undefined,
    pool(max = 4) {
      if (embedded !== undefined) return embedded;
      const pool = new Pool({ ...server?.connection, max });
      pool.on('error', () => undefined);
      pools.push(pool);
      return pool;
    },
    freshSchema() {
      schemas += 1;
      return `test_${schemas}`;
    },
    harness() {
      const schema = world.freshSchema();
      common ??= world.pool();
      const shared = common;
      const open = () => {
        const store = postgresStore(shared, { schema });
        onTestFinished(() => store.close());
        return store;
      };
      const breakEntries = async () => {
        const on = `ON "${schema}".entries`;
        await shared.query({
          text: `CREATE FUNCTION "${schema}".broken() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE EXCEPTION ''broken''; END';
            CREATE TRIGGER broken BEFORE INSERT ${on} EXECUTE FUNCTION "${schema}".broken()`,
        });
        return async () => {
          await shared.query({ text: `DROP TRIGGER broken ${on}` });
        };
      };
      return { store: open(), another: open, breakEntries };
    },
  };
  return world;
}
