import { type AuditEntry, firstHash } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type {
  CommitResult,
  RolloutCommit,
  StoredRollout,
} from '../../core/contracts/rollout-store.ts';
import { refusalOf } from '../commit-rules.ts';
import type { RolloutRows } from '../driver.ts';
import { type EntryRow, entryOf } from '../entry-row.ts';
import { type RolloutRow, storedOf } from '../rollout-row.ts';
import { StateReader } from '../state-reader.ts';
import { textKey } from '../text-key.ts';
import type { PostgresDatabase, PostgresSession } from './database.ts';

/** Entries that are read at once. */
const pageSize = 500;

const selectRollout = `SELECT version::float8 AS version, state, length::float8 AS length, hash
  FROM @rollouts WHERE key = $1`;

/** What of a commit goes into rows. */
interface Written {
  readonly key: string;
  readonly state: string | undefined;
  readonly entries: readonly string[];
}

/** Rollouts and their trails in Postgres. */
export class PostgresRollouts implements RolloutRows {
  readonly #database: PostgresDatabase;
  readonly #channel: string;
  readonly #states = new StateReader();

  constructor(database: PostgresDatabase, channel: string) {
    this.#database = database;
    this.#channel = channel;
  }

  async read(rollout: string): Promise<StoredRollout> {
    const session = await this.#database.session();
    const row = await session.first<RolloutRow>(selectRollout, textKey(rollout));
    return storedOf(row, this.#states);
  }

  async newer(rollout: string, version: number): Promise<RolloutState | undefined> {
    const session = await this.#database.session();
    const row = await session.first<{ state: string }>(
      'SELECT state FROM @rollouts WHERE key = $1 AND version > $2 AND state IS NOT NULL',
      textKey(rollout),
      version,
    );
    return row && this.#states.read(row.state);
  }

  async commit(commit: RolloutCommit): Promise<CommitResult> {
    const written: Written = {
      key: textKey(commit.rollout),
      state: commit.state && JSON.stringify(commit.state),
      entries: commit.entries.map((entry) => JSON.stringify(entry)),
    };
    return this.#database.transaction(async (session) => {
      const there = storedOf(await this.#lock(session, written.key), this.#states);
      if (await this.#isMade(session, written.key, commit)) return { ok: true, current: there };
      const why = refusalOf(commit, there, await this.#tokenOf(session, commit));
      if (why !== undefined) return { ok: false, why, current: there };
      await this.#put(session, commit, there, written);
      const row = await session.first<RolloutRow>(selectRollout, written.key);
      return { ok: true, current: storedOf(row, this.#states) };
    });
  }

  async entries(rollout: string, from: number): Promise<readonly AuditEntry[]> {
    const session = await this.#database.session();
    const rows = await session.all<EntryRow>(
      `SELECT seq::float8 AS seq, entry FROM @entries
       WHERE rollout = $1 AND seq >= $2 ORDER BY @entries.seq LIMIT ${pageSize}`,
      textKey(rollout),
      from,
    );
    return rows.map(entryOf);
  }

  /** The rollout, which nobody else changes until the transaction ends. */
  async #lock(session: PostgresSession, key: string): Promise<RolloutRow | undefined> {
    const sql = `${selectRollout} FOR UPDATE`;
    const row = await session.first<RolloutRow>(sql, key);
    if (row !== undefined) return row;
    // There must be a row to lock.
    await session.run(
      `INSERT INTO @rollouts (key, version, length, hash) VALUES ($1, 0, 0, $2) ON CONFLICT DO NOTHING`,
      key,
      firstHash,
    );
    return session.first<RolloutRow>(sql, key);
  }

  async #isMade(session: PostgresSession, key: string, commit: RolloutCommit): Promise<boolean> {
    const last = commit.entries.at(-1);
    if (last === undefined) return false;
    const sql = 'SELECT 1 AS made FROM @entries WHERE rollout = $1 AND seq = $2 AND hash = $3';
    return (await session.first(sql, key, last.seq, last.hash)) !== undefined;
  }

  /** Shared until the transaction ends: nobody takes the lease while its holder commits. */
  async #tokenOf(session: PostgresSession, { fence }: RolloutCommit): Promise<number | undefined> {
    if (fence === undefined) return undefined;
    const sql = 'SELECT token::float8 AS token FROM @leases WHERE key = $1 FOR SHARE';
    return (await session.first<{ token: number }>(sql, textKey(fence.name)))?.token;
  }

  async #put(
    session: PostgresSession,
    commit: RolloutCommit,
    there: StoredRollout,
    { key, state, entries }: Written,
  ): Promise<void> {
    await session.run(
      `UPDATE @rollouts SET version = $2, state = coalesce($3, state), length = $4, hash = $5 WHERE key = $1`,
      ...[key, commit.state?.version ?? there.version, state ?? null],
      there.head.length + entries.length,
      commit.entries.at(-1)?.hash ?? there.head.hash,
    );
    await session.run(
      `INSERT INTO @entries (rollout, seq, hash, entry)
       SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[])`,
      key,
      commit.entries.map(({ seq }) => seq),
      commit.entries.map(({ hash }) => hash),
      entries,
    );
    await session.all('SELECT pg_notify($1, $2)', this.#channel, key);
  }
}
