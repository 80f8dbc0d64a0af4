import { refuse } from '../../core/option-checks.ts';
import { PostgresConnections } from './connections.ts';
import type { PostgresClient, PostgresPool, PostgresQuery } from './pool.ts';
import { migrations } from './schema.ts';

/** How a database is used. */
export interface DatabaseOptions {
  readonly pool: PostgresPool;
  /** A checked identifier. */
  readonly schema: string;
  readonly timeoutMs: number;
  readonly migrates: boolean;
}

/** The server's time in whole milliseconds since the epoch, in SQL. */
export const nowMs = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::float8';

/** Queries of one transaction, or of none. */
export class PostgresSession {
  readonly #run: PostgresPool['query'];
  readonly #schema: string;
  readonly #timeoutMs: number;

  constructor(run: PostgresPool['query'], { schema, timeoutMs }: DatabaseOptions) {
    this.#run = run;
    this.#schema = schema;
    this.#timeoutMs = timeoutMs;
  }

  /** The rows of a query; `@` stands before what is in the schema. */
  async all<T>(sql: string, ...values: readonly unknown[]): Promise<T[]> {
    return (await this.#query(sql, values)).rows as T[];
  }

  async first<T>(sql: string, ...values: readonly unknown[]): Promise<T | undefined> {
    return (await this.all<T>(sql, ...values))[0];
  }

  /** How many rows a statement has changed. */
  async run(sql: string, ...values: readonly unknown[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  #query(sql: string, values: readonly unknown[]) {
    const text = sql.replaceAll('@', `"${this.#schema}".`);
    // Later than the server's own timeout: this one is for a server that no longer answers.
    const query: PostgresQuery = { text, query_timeout: 2 * this.#timeoutMs };
    if (values.length > 0) query.values = [...values];
    return this.#run(query);
  }
}

/** The app's pool: migrated once, and transactions that neither wait nor idle for ever. */
export class PostgresDatabase {
  readonly #options: DatabaseOptions;
  readonly #single: PostgresSession;
  readonly #connections: PostgresConnections;
  #ready: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#connections = new PostgresConnections(options.pool, 2 * options.timeoutMs);
    // Each a transaction: the server would go on by itself with a statement that nobody here waits for any more.
    const alone: PostgresPool['query'] = (query) =>
      this.#transaction((_, client) => client.query(query));
    this.#single = new PostgresSession(alone, options);
  }

  /** For single statements. */
  async session(): Promise<PostgresSession> {
    await this.#beReady();
    return this.#single;
  }

  /** Runs statements as one transaction. */
  async transaction<T>(run: (session: PostgresSession) => Promise<T>): Promise<T> {
    await this.#beReady();
    return this.#transaction(run);
  }

  /** Once; a failure is forgotten, so that the next call tries again. */
  #beReady(): Promise<void> {
    this.#ready ??= this.#transaction((session) => this.#migrate(session)).catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #transaction<T>(
    run: (session: PostgresSession, client: PostgresClient) => Promise<T>,
  ): Promise<T> {
    const { timeoutMs } = this.#options;
    const client = await this.#connections.take();
    const session = new PostgresSession((query) => client.query(query), this.#options);
    try {
      // The server ends a transaction whose process stands still: others wait for its rows.
      await session.all(
        `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = ${timeoutMs};
         SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs}`,
      );
      const result = await run(session, client);
      await session.all('COMMIT');
      this.#connections.giveBack(client, false);
      return result;
    } catch (error) {
      const undone = await session.all('ROLLBACK').then(
        () => true,
        () => false,
      );
      this.#connections.giveBack(client, !undone);
      throw error;
    }
  }

  async #migrate(session: PostgresSession): Promise<void> {
    const { schema, migrates } = this.#options;
    // Of processes that start together, one migrates.
    await session.all('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', schema);
    const version = await this.#version(session);
    const newer = `the schema ${schema} was made by a newer version of this package (${version})`;
    refuse('postgresStore()', version > migrations.length ? [newer] : []);
    const older = `the schema ${schema} must be migrated (${version} of ${migrations.length})`;
    const missing = migrations.slice(version);
    refuse('postgresStore()', missing.length > 0 && !migrates ? [older] : []);
    for (const sql of missing) await session.all(sql);
    if (missing.length > 0)
      await session.run('UPDATE @version SET version = $1', migrations.length);
  }

  async #version(session: PostgresSession): Promise<number> {
    const { schema, migrates } = this.#options;
    const sql =
      'SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS version';
    const there = await session.first<{ schema: boolean; version: boolean }>(
      sql,
      `"${schema}"`,
      `"${schema}".version`,
    );
    if (there?.version !== true) {
      if (!migrates) return 0;
      // Asked for first: to create what exists is a right of its own that the app may not have.
      if (there?.schema !== true) await session.all(`CREATE SCHEMA "${schema}"`);
      await session.all('CREATE TABLE @version AS SELECT 0 AS version');
    }
    return (await session.first<{ version: number }>('SELECT version FROM @version'))?.version ?? 0;
  }
}
