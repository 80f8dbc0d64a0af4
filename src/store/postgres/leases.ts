import type {
  Acknowledgement,
  Lease,
  LeaseAnswer,
  ReplicaReport,
  ReplicaState,
} from '../../core/contracts/rollout-store.ts';
import type { LeaseRows } from '../driver.ts';
import { forgottenAfterMs } from '../retention.ts';
import { textKey } from '../text-key.ts';
import { toldLessons } from '../told-lessons.ts';
import { nowMs, type PostgresDatabase } from './database.ts';

type LeaseRow = Omit<Lease, 'name'>;

interface AcknowledgedRow {
  readonly now: number;
  readonly until: number;
  readonly version: number | null;
}

const columns = 'holder, token::float8 AS token, at, until';

// The time is read before a row is waited for: a lease is then given for less, never for more.
const time = `(SELECT ${nowMs} AS now) AS time`;

/** Leases and replicas in Postgres, on the server's clock. Each statement decides by itself. */
export class PostgresLeases implements LeaseRows {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer> {
    const session = await this.#database.session();
    const row = await session.first<LeaseRow>(
      `INSERT INTO @leases AS lease (key, holder, token, at, until)
       SELECT $1, $2, 1, time.now, time.now + $3::float8 FROM ${time}
       ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, token = lease.token + 1,
         at = excluded.at, until = excluded.until
       WHERE lease.until <= excluded.at OR lease.holder = excluded.holder
       RETURNING ${columns}`,
      textKey(name),
      JSON.stringify(holder),
      ttlMs,
    );
    if (row !== undefined) return { ok: true, lease: { ...row, name, holder } };
    const there = await this.#lease(name);
    // Rows are never deleted: what was in the way is there.
    return there === undefined ? this.acquire(name, holder, ttlMs) : { ok: false, lease: there };
  }

  async renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer> {
    const session = await this.#database.session();
    const row = await session.first<LeaseRow>(
      `UPDATE @leases SET at = time.now, until = time.now + $3::float8 FROM ${time}
       WHERE key = $1 AND token = $2 AND until > time.now RETURNING ${columns}`,
      ...[textKey(lease.name), lease.token, ttlMs],
    );
    if (row === undefined) return { ok: false, lease: (await this.#lease(lease.name)) ?? lease };
    return { ok: true, lease: { ...row, name: lease.name, holder: lease.holder } };
  }

  async release({ name, token }: Lease): Promise<void> {
    const session = await this.#database.session();
    // The row stays: its token must never be given twice.
    const sql = 'UPDATE @leases SET until = 0 WHERE key = $1 AND token = $2';
    await session.run(sql, textKey(name), token);
  }

  async acknowledge(told: Acknowledgement) {
    const { rollout, replica, version, leaseMs, pending = null, learned = null } = told;
    const session = await this.#database.session();
    const row = await session.first<AcknowledgedRow>(
      `WITH gone AS (DELETE FROM @replicas WHERE rollout = $1 AND key <> $2
         AND until < ${nowMs} - ${forgottenAfterMs.replica})
       INSERT INTO @replicas AS known (rollout, key, replica, version, seen_at, until, pending, learned)
       SELECT $1, $2, $3, $4::bigint, time.now, time.now + $5::float8, $6::float8, $7::float8 FROM ${time}
       ON CONFLICT (rollout, key) DO UPDATE SET version = excluded.version,
         seen_at = excluded.seen_at, until = greatest(known.until, excluded.until),
         pending = excluded.pending, learned = excluded.learned
       RETURNING seen_at AS now, until,
         (SELECT version::float8 FROM @rollouts AS there WHERE there.key = $1) AS version`,
      ...[textKey(rollout), textKey(replica), JSON.stringify(replica), version, leaseMs],
      pending,
      learned,
    );
    return { now: row?.now ?? 0, until: row?.until ?? 0, version: row?.version ?? 0 };
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    const session = await this.#database.session();
    const rows = await session.all<
      { now: number } & { [K in keyof ReplicaState]: ReplicaState[K] | null }
    >(
      `SELECT now, replica, version::float8 AS version, seen_at AS "seenAt", until, pending, learned
       FROM ${time} LEFT JOIN @replicas ON rollout = $1 AND until >= now - ${forgottenAfterMs.replica}`,
      textKey(rollout),
    );
    const replicas: ReplicaState[] = [];
    for (const { replica, version, seenAt, until, ...lessons } of rows) {
      if (replica === null || version === null || seenAt === null || until === null) continue;
      const name: string = JSON.parse(replica);
      replicas.push({ replica: name, version, seenAt, until, ...toldLessons(lessons) });
    }
    replicas.sort((a, b) => (a.replica < b.replica ? -1 : 1));
    return { now: rows[0]?.now ?? 0, replicas };
  }

  async retire(rollout: string, replica: string): Promise<void> {
    const session = await this.#database.session();
    const sql = 'DELETE FROM @replicas WHERE rollout = $1 AND key = $2';
    await session.run(sql, textKey(rollout), textKey(replica));
  }

  async #lease(name: string): Promise<Lease | undefined> {
    const session = await this.#database.session();
    const sql = `SELECT ${columns} FROM @leases WHERE key = $1`;
    const row = await session.first<LeaseRow>(sql, textKey(name));
    return row && { ...row, name, holder: JSON.parse(row.holder) };
  }
}
