import type {
  Acknowledgement,
  Lease,
  LeaseAnswer,
  ReplicaReport,
  ReplicaState,
} from '../../core/contracts/rollout-store.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { LeaseRows } from '../driver.ts';
import { canAcquire, canRenew } from '../lease-rules.ts';
import { forgottenAfterMs } from '../retention.ts';
import { textKey } from '../text-key.ts';
import { toldLessons } from '../told-lessons.ts';
import type { SqliteDatabase } from './database.ts';
import { type Held, type Moment, machineTime, setAheadMs } from './machine-time.ts';

type LeaseRow = Omit<Lease, 'name'> & Held;

type ReplicaRow = Omit<ReplicaState, 'pending' | 'learned'> & {
  readonly pending: number | null;
  readonly learned: number | null;
  readonly origin: number | null;
};

/** Leases and replicas in SQLite, on the clocks of this machine: setting the wall clock ahead ends none of them early. */
export class SqliteLeases implements LeaseRows {
  readonly #database: SqliteDatabase;
  readonly #time: () => Moment;

  constructor(database: SqliteDatabase, clock: Clock) {
    this.#database = database;
    this.#time = machineTime(clock);
  }

  acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#database.write(() => {
      const moment = this.#time();
      const { now: at } = moment;
      const there = this.#lease(name, moment);
      if (there !== undefined && !canAcquire(there, holder, at)) return { ok: false, lease: there };
      const token = (there?.token ?? 0) + 1;
      return this.#give({ name, holder, token, at, until: at + ttlMs }, moment);
    });
  }

  renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer> {
    return this.#database.write(() => {
      const moment = this.#time();
      const { now: at } = moment;
      const there = this.#lease(lease.name, moment);
      if (!canRenew(there, lease, at)) return { ok: false, lease: there ?? lease };
      return this.#give({ ...lease, at, until: at + ttlMs }, moment);
    });
  }

  async release({ name, token }: Lease): Promise<void> {
    // The row stays: its token must never be given twice.
    const sql = 'UPDATE leases SET until = 0 WHERE key = ? AND token = ?';
    await this.#database.write(() => this.#database.run(sql, textKey(name), token));
  }

  acknowledge(told: Acknowledgement) {
    return this.#database.write(() => {
      const moment = this.#time();
      const { now } = moment;
      const key = textKey(told.rollout);
      const known = toReplicas(this.#database.all<ReplicaRow>(selectReplicas, key), moment);
      for (const { replica, until } of known) {
        if (until < now - forgottenAfterMs.replica) this.#forget(key, replica);
      }
      const own = known.find(({ replica }) => replica === told.replica);
      const until = Math.max(now + told.leaseMs, own?.until ?? 0);
      this.#note(key, told, { now, until, origin: moment.origin });
      const sql = 'SELECT version FROM rollouts WHERE key = ?';
      const inForce = this.#database.get<{ version: number }>(sql, key)?.version ?? 0;
      return { now, until, version: inForce };
    }, 'NORMAL');
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    const moment = this.#time();
    const { now } = moment;
    const rows = await this.#database.read<ReplicaRow>(selectReplicas, textKey(rollout));
    const replicas = toReplicas(rows, moment).filter(
      ({ until }) => until >= now - forgottenAfterMs.replica,
    );
    return { now, replicas: replicas.sort((a, b) => (a.replica < b.replica ? -1 : 1)) };
  }

  async retire(rollout: string, replica: string): Promise<void> {
    await this.#database.write(() => this.#forget(textKey(rollout), replica), 'NORMAL');
  }

  #forget(rollout: string, replica: string): void {
    const sql = 'DELETE FROM replicas WHERE rollout = ? AND key = ?';
    this.#database.run(sql, rollout, textKey(replica));
  }

  #note(
    rollout: string,
    told: Acknowledgement,
    { now, until, origin }: { now: number; until: number; origin: number },
  ): void {
    const { replica, version, pending = null, learned = null } = told;
    this.#database.run(
      `INSERT INTO replicas
         (rollout, key, replica, version, seenAt, until, pending, learned, origin)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (rollout, key) DO UPDATE SET version = excluded.version,
         seenAt = excluded.seenAt, until = excluded.until, pending = excluded.pending,
         learned = excluded.learned, origin = excluded.origin`,
      ...[rollout, textKey(replica), JSON.stringify(replica), version, now, until],
      ...[pending, learned, origin],
    );
  }

  #lease(name: string, moment: Moment): Lease | undefined {
    const sql = 'SELECT holder, token, at, until, origin FROM leases WHERE key = ?';
    const row = this.#database.get<LeaseRow>(sql, textKey(name));
    if (row === undefined) return undefined;
    const ahead = setAheadMs(row, moment);
    const { token, at, until } = row;
    const holder: string = JSON.parse(row.holder);
    return { name, holder, token, at: at + ahead, until: until + ahead };
  }

  #give(lease: Lease, { origin }: Moment): LeaseAnswer {
    this.#database.run(
      `INSERT INTO leases (key, holder, token, at, until, origin) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, token = excluded.token,
         at = excluded.at, until = excluded.until, origin = excluded.origin`,
      ...[textKey(lease.name), JSON.stringify(lease.holder)],
      ...[lease.token, lease.at, lease.until, origin],
    );
    return { ok: true, lease };
  }
}

const selectReplicas = `SELECT replica, version, seenAt, until, pending, learned, origin
  FROM replicas WHERE rollout = ?`;

/** What rows say at a moment. */
function toReplicas(rows: readonly ReplicaRow[], moment: Moment): ReplicaState[] {
  return rows.map(({ replica, version, seenAt: at, until, origin, ...lessons }) => {
    const ahead = setAheadMs({ at, until, origin }, moment);
    const name: string = JSON.parse(replica);
    const times = { seenAt: at + ahead, until: until + ahead };
    return { replica: name, version, ...times, ...toldLessons(lessons) };
  });
}
