import { resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { attempt } from '../../core/attempt.ts';
import { isError } from '../../core/is-error.ts';
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

const inMemory = ':memory:';

type Value = SQLInputValue;
type Synchronous = 'FULL' | 'NORMAL';

/** The low byte of SQLite's result codes: busy, locked. */
function isBusy(error: unknown): boolean {
  if (!isError(error) || !('errcode' in error)) return false;
  const code = Number(error.errcode) & 0xff;
  return code === 5 || code === 6;
}

/** Opens a file that only its owner can read; SQLite gives its companions the same mode. */
function openFile(path: string, timeout: number): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  const missing =
    'this Node has no node:sqlite; it needs 22.13 or newer, not started with --no-sqlite';
  refuse('sqliteStore()', sqlite === undefined ? [missing] : []);
  const { closeSync, existsSync, openSync } = nodeBuiltin.fs;
  // Never one that is there: to close it would end the locks that another store of this process has on it.
  if (path !== inMemory && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  return new sqlite.DatabaseSync(path, { timeout });
}

/** Which file is at a path; throws Node's own error where there is none. */
function fileAt(path: string): string {
  if (path === inMemory) return path;
  const { dev, ino } = nodeBuiltin.fs.statSync(path);
  return `${dev}:${ino}`;
}

function transaction<T>(database: DatabaseSync, run: () => T): T {
  // Immediate: one that began as a reader could not become a writer after another has written.
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function migrate(database: DatabaseSync, path: string): void {
  transaction(database, () => {
    const [row] = database.prepare('PRAGMA user_version').all();
    const version = Number(row?.user_version);
    const newer = `${path} was written by a newer version of this package (schema ${version})`;
    refuse('sqliteStore()', version > migrations.length ? [newer] : []);
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function setUp(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  // Else what is deleted stays readable in the file until its place is used again.
  database.exec('PRAGMA secure_delete = ON');
  migrate(database, path);
  database.exec(`PRAGMA busy_timeout = ${patienceMs}`);
}

/** A connection, and what was said to it. */
interface Connection {
  readonly database: DatabaseSync;
  /** The file that it is to. */
  readonly file: string;
  readonly statements: Map<string, StatementSync>;
  synchronous: Synchronous;
}

function connect(path: string, timeoutMs: number): Connection {
  const database = openFile(path, timeoutMs);
  try {
    const file = fileAt(path);
    setUp(database, path);
    return { database, file, statements: new Map(), synchronous: 'FULL' };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** One connection: short transactions, tried again while another process writes. */
export class SqliteDatabase {
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  #connection: Connection;

  constructor(path: string, busyTimeoutMs: number) {
    // The working directory may change.
    this.#path = path === inMemory ? path : resolve(path);
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#connection = connect(this.#path, openingMs);
  }

  /** Runs statements as one transaction, which is on the disk when it resolves; `NORMAL`: soon after. */
  write<T>(run: () => T, synchronous: Synchronous = 'FULL'): Promise<T> {
    return this.#patiently(() => {
      const connection = this.#connection;
      if (synchronous !== connection.synchronous) {
        connection.database.exec(`PRAGMA synchronous = ${synchronous}`);
        connection.synchronous = synchronous;
      }
      return transaction(connection.database, run);
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
    attempt(() => this.#connection.database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  close(): void {
    this.#connection.statements.clear();
    this.#connection.database.close();
  }

  #statement(sql: string): StatementSync {
    const { database, statements } = this.#connection;
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * To the file that is at the path now: what is written to one that was removed is lost without an error, and what others
   * write to the one in its place is never seen.
   */
  #follow(): void {
    const before = this.#connection;
    if (fileAt(this.#path) === before.file) return;
    this.#connection = connect(this.#path, patienceMs);
    before.statements.clear();
    before.database.close();
  }

  async #patiently<T>(run: () => T): Promise<T> {
    const start = performance.now();
    for (;;) {
      try {
        this.#follow();
        return run();
      } catch (error) {
        if (!isBusy(error) || performance.now() - start > this.#busyTimeoutMs) throw error;
      }
      // Not unref'd: somebody awaits this write, and a process must not end in the middle of its wait.
      await new Promise((resolve) => setTimeout(resolve, againMs * (0.5 + Math.random())));
    }
  }
}
