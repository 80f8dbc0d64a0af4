import type { AuditEntry } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type {
  CommitResult,
  RolloutCommit,
  StoredRollout,
} from '../../core/contracts/rollout-store.ts';
import { nextTurn } from '../../core/pieces.ts';
import { refusalOf } from '../commit-rules.ts';
import type { RolloutRows } from '../driver.ts';
import { type EntryRow, entryOf } from '../entry-row.ts';
import { type RolloutRow, storedOf } from '../rollout-row.ts';
import { longText, StateReader } from '../state-reader.ts';
import { textKey } from '../text-key.ts';
import type { SqliteDatabase } from './database.ts';

/** Entries that are read at once. */
const pageSize = 100;

const selectRollout = 'SELECT version, state, length, hash FROM rollouts WHERE key = ?';

/** What a commit has left behind. */
interface Written {
  readonly row: RolloutRow | undefined;
}

/** Rollouts and their trails in SQLite. */
export class SqliteRollouts implements RolloutRows {
  readonly #database: SqliteDatabase;
  readonly #states = new StateReader();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async read(rollout: string): Promise<StoredRollout> {
    const [row] = await this.#database.read<RolloutRow>(selectRollout, textKey(rollout));
    return storedOf(row, this.#states);
  }

  async newer(rollout: string, version: number): Promise<RolloutState | undefined> {
    const [row] = await this.#database.read<{ state: string }>(
      'SELECT state FROM rollouts WHERE key = ? AND version > ? AND state IS NOT NULL',
      textKey(rollout),
      version,
    );
    return row && this.#states.read(row.state);
  }

  async commit(commit: RolloutCommit): Promise<CommitResult> {
    // Written out before the transaction begins, which others wait for.
    const state = commit.state && JSON.stringify(commit.state);
    const entries = commit.entries.map((entry) => JSON.stringify(entry));
    const isLong = (state?.length ?? 0) > longText;
    if (isLong) await nextTurn();
    const key = textKey(commit.rollout);
    const done = await this.#database.write((): CommitResult | Written => {
      const there = this.#stored(key);
      if (this.#isMade(key, commit)) return { ok: true, current: there };
      const why = refusalOf(commit, there, this.#tokenOf(commit));
      if (why !== undefined) return { ok: false, why, current: there };
      this.#put(key, commit, there, state);
      for (const [n, entry] of entries.entries()) this.#append(key, commit.entries[n], entry);
      return { row: this.#database.get<RolloutRow>(selectRollout, key) };
    });
    if ('ok' in done) return done;
    if (isLong) await nextTurn();
    const current = storedOf(done.row, this.#states);
    if (isLong) await nextTurn();
    return { ok: true, current };
  }

  async entries(rollout: string, from: number): Promise<readonly AuditEntry[]> {
    const rows = await this.#database.read<EntryRow>(
      'SELECT seq, entry FROM entries WHERE rollout = ? AND seq >= ? ORDER BY seq LIMIT ?',
      textKey(rollout),
      from,
      pageSize,
    );
    return rows.map(entryOf);
  }

  /** What is there, within a transaction. */
  #stored(key: string): StoredRollout {
    return storedOf(this.#database.get<RolloutRow>(selectRollout, key), this.#states);
  }

  #isMade(key: string, { entries }: RolloutCommit): boolean {
    const last = entries.at(-1);
    if (last === undefined) return false;
    const sql = 'SELECT 1 FROM entries WHERE rollout = ? AND seq = ? AND hash = ?';
    return this.#database.get(sql, key, last.seq, last.hash) !== undefined;
  }

  #tokenOf({ fence }: RolloutCommit): number | undefined {
    if (fence === undefined) return undefined;
    const sql = 'SELECT token FROM leases WHERE key = ?';
    return this.#database.get<{ token: number }>(sql, textKey(fence.name))?.token;
  }

  #put(key: string, commit: RolloutCommit, there: StoredRollout, state: string | undefined): void {
    this.#database.run(
      `INSERT INTO rollouts (key, version, state, length, hash) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET version = excluded.version,
         state = coalesce(excluded.state, state), length = excluded.length, hash = excluded.hash`,
      key,
      commit.state?.version ?? there.version,
      state ?? null,
      there.head.length + commit.entries.length,
      commit.entries.at(-1)?.hash ?? there.head.hash,
    );
  }

  #append(key: string, entry: AuditEntry | undefined, json: string): void {
    if (entry === undefined) return;
    const sql = 'INSERT INTO entries (rollout, seq, hash, entry) VALUES (?, ?, ?, ?)';
    this.#database.run(sql, key, entry.seq, entry.hash, json);
  }
}
