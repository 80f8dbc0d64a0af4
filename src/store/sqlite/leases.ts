import type { Clock } from '../../core/clock.ts';
import type {
  Acknowledgement,
  Lease,
  LeaseAnswer,
  ReplicaReport,
  ReplicaState,
} from '../../core/store.ts';
import type { LeaseRows } from '../driver.ts';
import { canAcquire, canRenew } from '../lease-rules.ts';
import { forgottenAfterMs } from '../retention.ts';
import { textKey } from '../text-key.ts';
import { toldLessons } from '../told-lessons.ts';
import type { SqliteDatabase } from './database.ts';

type LeaseRow = Omit<Lease, 'name'>;

type ReplicaRow = { [K in keyof Required<ReplicaState>]: Required<ReplicaState>[K] } & {
  readonly pending: number | null;
  readonly learned: number | null;
};

/** Leases and replicas in SQLite, on the clock of this machine. */
export class SqliteLeases implements LeaseRows {
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;

  constructor(database: SqliteDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#database.write(() => {
      const at = this.#clock.now();
      const there = this.#lease(name);
      if (there !== undefined && !canAcquire(there, holder, at)) return { ok: false, lease: there };
      return this.#give({ name, holder, token: (there?.token ?? 0) + 1, at, until: at + ttlMs });
    });
  }

  renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer> {
    return this.#database.write(() => {
      const at = this.#clock.now();
      const there = this.#lease(lease.name);
      if (!canRenew(there, lease, at)) return { ok: false, lease: there ?? lease };
      return this.#give({ ...lease, at, until: at + ttlMs });
    });
  }

  async release({ name, token }: Lease): Promise<void> {
    // The row stays: its token must never be given twice.
    const sql = 'UPDATE leases SET until = 0 WHERE key = ? AND token = ?';
    await this.#database.write(() => this.#database.run(sql, textKey(name), token));
  }

  acknowledge(told: Acknowledgement) {
    const { rollout, replica, version, leaseMs, pending = null, learned = null } = told;
    return this.#database.write(() => {
      const now = this.#clock.now();
      const key = textKey(rollout);
      const forgotten = now - forgottenAfterMs.replica;
      this.#database.run('DELETE FROM replicas WHERE rollout = ? AND until < ?', key, forgotten);
      const row = this.#database.get<{ until: number }>(
        `INSERT INTO replicas (rollout, key, replica, version, seenAt, until, pending, learned)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (rollout, key) DO UPDATE SET version = excluded.version,
           seenAt = excluded.seenAt, until = max(until, excluded.until),
           pending = excluded.pending, learned = excluded.learned
         RETURNING until`,
        key,
        textKey(replica),
        JSON.stringify(replica),
        version,
        now,
        now + leaseMs,
        pending,
        learned,
      );
      const sql = 'SELECT version FROM rollouts WHERE key = ?';
      const inForce = this.#database.get<{ version: number }>(sql, key)?.version ?? 0;
      return { now, until: row?.until ?? now, version: inForce };
    }, 'NORMAL');
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    const now = this.#clock.now();
    const rows = await this.#database.read<ReplicaRow>(
      `SELECT replica, version, seenAt, until, pending, learned FROM replicas
       WHERE rollout = ? AND until >= ?`,
      textKey(rollout),
      now - forgottenAfterMs.replica,
    );
    const replicas = rows.map(({ replica, version, seenAt, until, ...lessons }) => {
      const name = JSON.parse(replica) as string;
      return { replica: name, version, seenAt, until, ...toldLessons(lessons) };
    });
    return { now, replicas: replicas.sort((a, b) => (a.replica < b.replica ? -1 : 1)) };
  }

  async retire(rollout: string, replica: string): Promise<void> {
    const sql = 'DELETE FROM replicas WHERE rollout = ? AND key = ?';
    await this.#database.write(
      () => this.#database.run(sql, textKey(rollout), textKey(replica)),
      'NORMAL',
    );
  }

  #lease(name: string): Lease | undefined {
    const sql = 'SELECT holder, token, at, until FROM leases WHERE key = ?';
    const row = this.#database.get<LeaseRow>(sql, textKey(name));
    return row && { name, ...row, holder: JSON.parse(row.holder) };
  }

  #give(lease: Lease): LeaseAnswer {
    this.#database.run(
      `INSERT INTO leases (key, holder, token, at, until) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, token = excluded.token,
         at = excluded.at, until = excluded.until`,
      textKey(lease.name),
      JSON.stringify(lease.holder),
      lease.token,
      lease.at,
      lease.until,
    );
    return { ok: true, lease };
  }
}
