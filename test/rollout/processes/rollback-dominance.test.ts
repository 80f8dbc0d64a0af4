import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postgresStore } from '../../../src/store/postgres.ts';
import { sqliteStore } from '../../../src/store/sqlite.ts';
import { EmbeddedPool } from '../../store/embedded-pool.ts';
import { installedPostgres } from '../../store/postgres-server.ts';
import { postgresName, postgresWorld } from '../../store/postgres-world.ts';
import { tempFolder } from '../../store/temp-folder.ts';
import { extentOf, violationsOf } from './check-history.ts';
import {
  Play,
  type PlayedStore,
  type PlaySize,
  rehearse,
  replicaNames,
  type Scene,
} from './play.ts';
import { PoolRelay } from './pool-relay.ts';

const world = postgresWorld();
const pace = { leaseMs: 600, pollMs: 100 };
/** One connection for all, of a database that is compiled to another machine. */
const slowPace = { leaseMs: 1_200, pollMs: 300 };
beforeAll(() => rehearse());

function beginsWriting(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch {
    return false;
  }
}

function sqliteFile(): PlayedStore {
  const path = join(tempFolder(), 'store.db');
  const store = sqliteStore({ path });
  onTestFinished(() => store.close());
  return {
    store,
    pace,
    addressOf: () => ({ kind: 'sqlite', path }),
    faults: {
      /** Somebody writes for so long that nobody else can. */
      async lock({ ms, kill }: Scene) {
        const database = new DatabaseSync(path, { timeout: 50 });
        // Where one of the stalled holds the lock already, it is locked as well.
        if (beginsWriting(database)) {
          if (ms % 2 === 0) kill();
          await pause(ms);
        }
        database.close();
      },
    },
  };
}

/** A Postgres within this process, whose one connection the others borrow. */
function postgresWithin(pool: EmbeddedPool): PlayedStore {
  const schema = world.freshSchema();
  const store = postgresStore(pool, { schema });
  onTestFinished(() => store.close());
  const relay = new PoolRelay(pool);
  return {
    store,
    pace: slowPace,
    addressOf: () => ({ kind: 'relayed', schema }),
    attach: (child) => relay.attach(child),
    faults: { cut: () => relay.cut() },
  };
}

/** Each replica has a role of its own, which can be shut out. */
async function postgresServer(pool: Pool): Promise<PlayedStore> {
  const schema = world.freshSchema();
  const { host = '', port = 5432, database = 'postgres' } = pool.options;
  for (const role of replicaNames) await pool.query(`CREATE ROLE "${role}" SUPERUSER LOGIN`);
  const store = postgresStore(pool, { schema });
  onTestFinished(() => store.close());
  const cut = (role: string) =>
    pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
  const shutOut = async (role: string, during: () => Promise<unknown>): Promise<void> => {
    await pool.query(`ALTER ROLE "${role}" NOLOGIN`);
    await cut(role);
    await during();
    await pool.query(`ALTER ROLE "${role}" LOGIN`);
  };
  return {
    store,
    pace,
    addressOf(name) {
      const user = name.startsWith('replica') ? name : 'postgres';
      return { kind: 'postgres', schema, connection: { host, port, database, user } };
    },
    faults: {
      cut: async () => void (await Promise.all(replicaNames.map(cut))),
      /** Nobody lets one of the replicas in until a rollback is over. */
      shutOut: ({ replica, acknowledged }: Scene) => shutOut(replica, acknowledged),
      /** The same to one that has just taken everybody back by itself. */
      killAlone: ({ replica, kill, ms }: Scene) =>
        shutOut(replica, () => {
          kill();
          return pause(ms);
        }),
    },
  };
}

async function check(played: PlayedStore, size: PlaySize): Promise<void> {
  await using play = new Play(played, size);
  const { events, faults } = await play.run();
  expect(violationsOf(events)).toEqual([]);
  // Otherwise nothing was seen that could have been wrong.
  const { acknowledged, candidate, legacy, latched } = extentOf(events);
  expect(acknowledged).toBeGreaterThan(2);
  expect(Math.min(candidate, legacy)).toBeGreaterThanOrEqual(size.calls);
  expect(latched).toBeGreaterThan(0);
  const befell = ['stall', 'restart', 'kill', 'alarm', ...Object.keys(played.faults)];
  expect([...faults.keys()].sort()).toEqual(befell.sort());
}

describe('Promise 5 (rollback dominance): three replicas and two operators, each a process', () => {
  it('holds on an SQLite file through stalls, kills and a store that is locked', async () => {
    await check(sqliteFile(), { seed: 1, actions: 30, calls: 100 });
  }, 60_000);

  // Each action takes long where every replica has to look for itself.
  const actions = installedPostgres() === undefined ? 14 : 30;
  it(`holds on ${postgresName} through stalls, kills and cut connections`, async () => {
    const pool = world.pool();
    const played = pool instanceof EmbeddedPool ? postgresWithin(pool) : await postgresServer(pool);
    await check(played, { seed: 2, actions, calls: 100 });
  }, 60_000);
});
