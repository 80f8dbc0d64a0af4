import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { attempt } from '../../core/attempt.ts';
import { nodeBuiltin } from '../../core/node-builtin.ts';
import { refuse } from '../../core/option-checks.ts';
import { migrations } from './schema.ts';

/** Milliseconds that a statement may wait for another process before the event loop turns. */
const patienceMs = 3;

/** Milliseconds between two tries, spread by a half either way. */
const againMs = 8;

/** Milliseconds that opening may wait for other processes that open the same file. */
const openingMs = 5_000;

/** Pages of the log after which they go into the file, a quarter of the usual: often, and each time for a short while. */
const checkpointPages = 250;

type Value = SQLInputValue;
type Synchronous = 'FULL' | 'NORMAL';

/** The low byte of SQLite's result codes: busy, locked. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  const code = Number(error.errcode) & 0xff;
  return code === 5 || code === 6;
}

/** Opens a file that only its owner can read; SQLite gives its companions the same mode. */
function openFile(path: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  const missing =
    'this Node has no node:sqlite; it needs 22.13 or newer, not started with --no-sqlite';
  refuse('sqliteStore()', sqlite === undefined ? [missing] : []);
  const { closeSync, existsSync, openSync } = nodeBuiltin.fs;
  // Never one that is there: to close it would end the locks that another store of this process has on it.
  if (path !== ':memory:' && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  return new sqlite.DatabaseSync(path, { timeout: openingMs });
}

/** One connection: short transactions, tried again while another process writes. */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #busyTimeoutMs: number;
  #synchronous: Synchronous = 'FULL';

  constructor(path: string, busyTimeoutMs: number) {
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#database = openFile(path);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    // Else what is deleted stays readable in the file until its place is used again.
    this.#database.exec('PRAGMA secure_delete = ON');
    this.#migrate(path);
    this.#database.exec(`PRAGMA busy_timeout = ${patienceMs}`);
  }

  /** Runs statements as one transaction, which is on the disk when it resolves; `NORMAL`: soon after. */
  write<T>(run: () => T, synchronous: Synchronous = 'FULL'): Promise<T> {
    return this.#patiently(() => {
      if (synchronous !== this.#synchronous) {
        this.#database.exec(`PRAGMA synchronous = ${synchronous}`);
        this.#synchronous = synchronous;
      }
      return this.#transaction(run);
    });
  }

  /** Runs one statement that only reads. */
  read<T>(sql: string, ...values: readonly Value[]): Promise<T[]> {
    return this.#patiently(() => this.all<T>(sql, ...values));
  }

  /** The rows of a statement, within a transaction. */
  all<T>(sql: string, ...values: readonly Value[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  /** The first row of a statement, within a transaction. */
  get<T>(sql: string, ...values: readonly Value[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  /** How many rows a statement has changed, within a transaction. */
  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Empties the log, which holds what was deleted as it was before; left for later while somebody reads from it. */
  forget(): void {
    attempt(() => this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction<T>(run: () => T): T {
    // Immediate: one that began as a reader could not become a writer after another has written.
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  async #patiently<T>(run: () => T): Promise<T> {
    const start = performance.now();
    for (;;) {
      try {
        return run();
      } catch (error) {
        if (!isBusy(error) || performance.now() - start > this.#busyTimeoutMs) throw error;
      }
      // Not unref'd: somebody awaits this write, and a process must not end in the middle of its wait.
      await new Promise((resolve) => setTimeout(resolve, againMs * (0.5 + Math.random())));
    }
  }

  #migrate(path: string): void {
    this.#transaction(() => {
      const [row] = this.#database.prepare('PRAGMA user_version').all();
      const version = Number(row?.user_version);
      const newer = `${path} was written by a newer version of this package (schema ${version})`;
      refuse('sqliteStore()', version > migrations.length ? [newer] : []);
      for (const sql of migrations.slice(version)) this.#database.exec(sql);
      this.#database.exec(`PRAGMA user_version = ${migrations.length}`);
    });
  }
}
