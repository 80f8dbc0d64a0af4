import { postgresStore } from 'engramia-cutover/stores/postgres';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/core/time/clock.ts';
import { PostgresDatabase, PostgresSession } from '../../src/store/postgres/database.ts';
import { PostgresEvidence } from '../../src/store/postgres/evidence.ts';
import { migrations } from '../../src/store/postgres/schema.ts';
import { textKey } from '../../src/store/text-key.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { entriesAfter, nextCommit, nothingYet } from '../../src/testing/stores/sample-trail.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { postgresName, postgresWorld } from './postgres-world.ts';

const world = postgresWorld();

function open(...[pool, options]: Parameters<typeof postgresStore>) {
  const store = postgresStore(pool, options);
  onTestFinished(() => store.close());
  return store;
}

describe(`postgresStore on ${postgresName}`, () => {
  it('makes its tables once when many processes start together', async () => {
    const schema = world.freshSchema();
    const stores = Array.from({ length: 5 }, () => open(world.pool(1), { schema }));
    const read = await Promise.all(stores.map((store) => store.rollout('chat')));
    expect(read).toEqual(Array(5).fill(nothingYet));
  });

  it('leaves a schema alone that it may not migrate, and asks again', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema, migrate: false });
    await expect(store.rollout('chat')).rejects.toThrow(
      `${schema} must be migrated (0 of ${migrations.length})`,
    );
    await open(world.pool(), { schema }).rollout('chat');
    expect(await store.rollout('chat')).toEqual(nothingYet);
  });

  it('takes up a schema that its first version has made, with what is in it', async () => {
    const schema = world.freshSchema();
    const text = migrations[0]?.replaceAll('@', `"${schema}".`) ?? '';
    const version = `CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".version AS SELECT 1 AS version;`;
    const row = `INSERT INTO "${schema}".replicas VALUES ('"chat"', '"a"', '"a"', 3, 0, 9e15)`;
    await world.pool().query({ text: `${version} ${text} ${row}` });
    const store = open(world.pool(), { schema });
    expect((await store.replicas('chat')).replicas).toEqual([
      { replica: 'a', version: 3, seenAt: 0, until: 9e15 },
    ]);
    await store.acknowledge({ rollout: 'chat', replica: 'a', version: 4, leaseMs: 1, pending: 2 });
    expect((await store.replicas('chat')).replicas).toMatchObject([{ version: 4, pending: 2 }]);
  });

  it('refuses a schema that a newer version has made', async () => {
    const schema = world.freshSchema();
    await open(world.pool(), { schema }).rollout('chat');
    await world.pool().query({ text: `UPDATE "${schema}".version SET version = 99` });
    const message = `${schema} was made by a newer version of this package (99)`;
    await expect(open(world.pool(), { schema }).rollout('chat')).rejects.toThrow(message);
  });

  it.each(['', 'Upper', '1st', 'a b', 'a"b', 'a;DROP TABLE b', 'a.b', 'é', 'a'.repeat(64)])(
    'refuses the schema name %j',
    (schema) => {
      expect(() => postgresStore(world.pool(), { schema })).toThrow('schema must be 1 to 63 lower');
    },
  );

  it('names everything that cannot be used', () => {
    const wrong = { timeoutMs: 0.5, pool: 1 } as object;
    const make = () => postgresStore('postgres://' as never, wrong);
    expect(make).toThrow(/pool must be a Pool of pg.*pool is not an option.*timeoutMs must/);
  });

  it('works on one connection, also while it watches', async () => {
    const store = open(world.pool(1), { schema: world.freshSchema() });
    const told = new Promise((changed) => {
      const watch = store.watch('chat', { changed }, { pollMs: 20 });
      onTestFinished(() => watch[Symbol.dispose]());
    });
    expect((await store.commit(nextCommit('chat', nothingYet, 'go'))).ok).toBe(true);
    expect(await told).toMatchObject({ version: 1 });
  });

  it('reads a trail in its order, wherever the rows are kept', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema });
    const commit = nextCommit('chat', nothingYet, 'go');
    const entries = entriesAfter('chat', nothingYet.head, 'one', 'two', 'three');
    expect((await store.commit({ ...commit, entries })).ok).toBe(true);
    // A row that is written again goes behind all others.
    await world.pool().query({ text: `UPDATE "${schema}".entries SET hash = hash WHERE seq = 0` });
    await world.pool().query({ text: `ANALYZE "${schema}".entries` });
    const reasons = (await listOf(store.audit('chat'))).map(({ reason }) => reason);
    expect(reasons).toEqual(['one', 'two', 'three']);
  });

  it('lets neither a statement nor a pause between two take longer than it may', async () => {
    const [schema, pool] = [world.freshSchema(), world.pool()];
    const database = new PostgresDatabase({ pool, schema, timeoutMs: 4_321, migrates: true });
    const limits = `SELECT current_setting('statement_timeout') AS statement,
      current_setting('idle_in_transaction_session_timeout') AS pause`;
    const limited = { statement: '4321ms', pause: '4321ms' };
    expect(await database.transaction((session) => session.first(limits))).toEqual(limited);
    expect(await (await database.session()).first(limits)).toEqual(limited);
  });

  it('waits twice as long for a server that does not answer', async () => {
    const asked: unknown[] = [];
    const run = async (query: object) => {
      asked.push(query);
      return { rows: [], rowCount: 0 };
    };
    const options = { pool: world.pool(), schema: 's', timeoutMs: 1_000, migrates: true };
    await new PostgresSession(run, options).all('SELECT 1 FROM @pairs');
    expect(asked).toEqual([{ text: 'SELECT 1 FROM "s".pairs', query_timeout: 2_000 }]);
  });

  it('keeps the later of two erasures, and turns of one moment in the order in which they came', async () => {
    const schema = world.freshSchema();
    const pool = world.pool();
    const database = new PostgresDatabase({ pool, schema, timeoutMs: 5_000, migrates: true });
    const rows = new PostgresEvidence(database);
    const owner = { tenant: textKey('acme'), conversation: textKey('c') };
    const add = (text: string, at: number) =>
      rows.addTurns({
        ...{ requestId: text, tenant: 'acme', conversation: 'c', at },
        turns: [{ role: 'user', text, leg: 'legacy', at }],
      });
    // A server's clock may be set back.
    for (const at of [2_000, 1_000]) await rows.noteErasure(owner, at);
    for (const at of [1_500, 2_000]) await add(`until ${at}`, at);
    for (const text of ['one', 'two', 'three', 'four']) await add(text, 2_001);
    const turns = `"${schema}".turns`;
    await pool.query({ text: `UPDATE ${turns} SET at = at WHERE turns LIKE '%"one"%'` });
    await pool.query({ text: `ANALYZE ${turns}` });
    const page = (limit: number) => rows.turns(owner, { before: 3_000, limit });
    const texts = async (limit: number) => (await page(limit)).flat().map(({ text }) => text);
    expect(await texts(9)).toEqual(['one', 'two', 'three', 'four']);
    expect(await texts(2)).toEqual(['three', 'four']);
  });

  it('leaves the pool open, its connections free and as they were', async () => {
    const pool = world.pool(2);
    const store = postgresStore(pool, { schema: world.freshSchema() });
    await Promise.all([store.rollout('chat'), store.commit(nextCommit('chat', nothingYet, 'go'))]);
    await store.close();
    const { rows } = await pool.query({ text: 'SHOW statement_timeout' });
    expect(rows).toEqual([{ statement_timeout: '0' }]);
    if (pool instanceof Pool) expect(pool.idleCount).toBe(pool.totalCount);
  });
});

/** Node's clock, whose waits of less than a minute are over at once. */
const impatient: Clock = {
  ...systemClock,
  setTimeout: (run, ms) => systemClock.setTimeout(run, ms < 60_000 ? 1 : ms),
};

/** Hears every version, and can be waited for. */
function ear() {
  const heard: number[] = [];
  let wanted = Promise.withResolvers<void>();
  return {
    heard,
    changed({ version }: { readonly version: number }) {
      heard.push(version);
      wanted.resolve();
      wanted = Promise.withResolvers<void>();
    },
    async reached(version: number): Promise<void> {
      while ((heard.at(-1) ?? 0) < version) await wanted.promise;
    },
  };
}

/** Resolves once a statement on a table waits for somebody's lock, or the work that was to send it is over. */
async function waitsForLock(pool: Pool, table: string, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${table}%'`;
  while (!isOver && (await pool.query(waiting)).rowCount === 0);
}

/** What only a server of its own can show: many connections, and their loss. */
function describeServer(): void {
  const cutAll = async (pool: Pool): Promise<void> => {
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE pid <> pg_backend_pid() AND datname = current_database()`,
    );
  };

  it('hears of a change by another process long before it looks', async () => {
    const schema = world.freshSchema();
    const [here, there] = [open(world.pool(), { schema }), open(world.pool(), { schema })];
    const { changed, reached } = ear();
    using _watch = here.watch('chat', { changed }, { pollMs: 600_000 });
    const first = await there.commit(nextCommit('chat', nothingYet, 'go'));
    await reached(1);
    expect((await there.commit(nextCommit('chat', first.current, 'on'))).ok).toBe(true);
    await reached(2);
  });

  it('listens again after its connection was cut, and looks for what it has missed', async () => {
    const schema = world.freshSchema();
    const pool = world.pool() as Pool;
    const here = open(world.pool(), { schema, clock: impatient });
    const { changed, reached, heard } = ear();
    using _watch = here.watch('chat', { changed }, { pollMs: 600_000 });
    let { current } = await open(pool, { schema }).commit(nextCommit('chat', nothingYet, 'go'));
    await reached(1);
    for (let round = 0; round < 3; round += 1) {
      await cutAll(pool);
      ({ current } = await open(pool, { schema }).commit(nextCommit('chat', current, 'on')));
      await reached(current.version);
    }
    expect(heard).toEqual([1, 2, 3, 4]);
  });

  it('makes each commit wholly or not at all while connections are cut', async () => {
    const schema = world.freshSchema();
    const pool = world.pool() as Pool;
    const stores = [0, 1, 2].map(() => open(world.pool(2), { schema }));
    await stores[0]?.rollout('chat');
    let isOver = false;
    const operate = async (store: (typeof stores)[number], name: string): Promise<number> => {
      let made = 0;
      while (!isOver) {
        const there = await store.rollout('chat').catch(() => undefined);
        if (there === undefined) continue;
        const answer = await store.commit(nextCommit('chat', there, name)).catch(() => undefined);
        if (answer?.ok) made += 1;
      }
      return made;
    };
    const operators = stores.map((store, n) => operate(store, `operator ${n}`));
    const looking = open(pool, { schema });
    for (let round = 1; round <= 15; round += 1) {
      await cutAll(pool);
      while ((await looking.rollout('chat').catch(() => nothingYet)).version < round);
    }
    isOver = true;
    const made = (await Promise.all(operators)).reduce((sum, n) => sum + n, 0);
    const store = open(pool, { schema });
    const { version, state, head } = await store.rollout('chat');
    const entries = await listOf(store.audit('chat'));
    expect([entries.length, entries.at(-1)?.hash]).toEqual([version, head.hash]);
    expect(state?.actor).toBe(entries.at(-1)?.reason);
    expect(version).toBeGreaterThanOrEqual(made);
  });

  it('gives up waiting for somebody who stands still, and goes on afterwards', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema, timeoutMs: 150 });
    const { current } = await store.commit(nextCommit('chat', nothingYet, 'go'));
    const client = await (world.pool() as Pool).connect();
    await client.query(`BEGIN; SELECT * FROM "${schema}".rollouts FOR UPDATE`);
    const commit = nextCommit('chat', current, 'on');
    await expect(store.commit(commit)).rejects.toThrow('statement timeout');
    expect((await store.rollout('chat')).version).toBe(1);
    await client.query('ROLLBACK');
    client.release();
    expect((await store.commit(commit)).ok).toBe(true);
  });

  it('leaves no statement on the server that it has given up, however often it looks', async () => {
    const schema = world.freshSchema();
    // The tables are made without such haste.
    await open(world.pool(), { schema, listen: false }).traffic();
    const store = open(world.pool(), { schema, timeoutMs: 150, listen: false });
    const client = await (world.pool() as Pool).connect();
    await client.query(`BEGIN; LOCK TABLE "${schema}".tallies, "${schema}".replicas`);
    for (const look of [() => store.traffic(), () => store.replicas('chat')]) {
      for (let times = 0; times < 3; times += 1) {
        await expect(look()).rejects.toThrow('statement timeout');
      }
    }
    const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted
      AND relation IN ('"${schema}".tallies'::regclass, '"${schema}".replicas'::regclass)`;
    expect((await client.query(waiting)).rowCount).toBe(0);
    await client.query('ROLLBACK');
    client.release();
    expect(await store.traffic()).toEqual([]);
  });

  it('refuses the commit of a leader whose lease is just being taken', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema });
    const { lease } = await store.acquire('chat', 'a', 60_000);
    const pool = world.pool() as Pool;
    const client = await pool.connect();
    await client.query(`BEGIN; UPDATE "${schema}".leases SET token = token + 1, holder = '"b"'`);
    const fence = { name: lease.name, token: lease.token };
    const commit = store.commit({ ...nextCommit('chat', nothingYet, 'go'), fence });
    await waitsForLock(pool, `"${schema}".leases`, commit);
    await client.query('COMMIT');
    client.release();
    expect(await commit).toMatchObject({ ok: false, why: 'fence' });
    expect((await store.rollout('chat')).version).toBe(0);
  });

  it('erases what is just being added', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema });
    expect(await store.erase('acme')).toMatchObject({ pairs: 0 });
    const pool = world.pool() as Pool;
    const client = await pool.connect();
    await client.query(
      `BEGIN; SELECT pg_advisory_xact_lock_shared('"${schema}".erasures'::regclass::oid::bigint);
       INSERT INTO "${schema}".pairs (key, at, tenant, phase, record) VALUES ('k', 1, '${textKey('acme')}', '', '{}')`,
    );
    const erasing = store.erase('acme');
    await waitsForLock(pool, `"${schema}".erasures`, erasing);
    await client.query('COMMIT');
    client.release();
    expect((await erasing).pairs).toBe(1);
  });

  it('erases all of a tenant although another is just deleting the first of it', async () => {
    const schema = world.freshSchema();
    const store = open(world.pool(), { schema });
    const pairs = Array.from({ length: 2_100 }, (_, n) => pairOf(n));
    await store.addPairs({ id: 'many', pairs });
    const pool = world.pool() as Pool;
    const client = await pool.connect();
    const first = `SELECT id FROM "${schema}".pairs ORDER BY id LIMIT 2000`;
    await client.query(`BEGIN; DELETE FROM "${schema}".pairs WHERE id IN (${first})`);
    const erasing = store.erase('acme');
    await waitsForLock(pool, `"${schema}".pairs`, erasing);
    await client.query('COMMIT');
    client.release();
    expect((await erasing).pairs).toBe(100);
    expect(await listOf(store.pairs())).toEqual([]);
  });
}

if (world.isServer) describe('postgresStore on many connections', describeServer);
