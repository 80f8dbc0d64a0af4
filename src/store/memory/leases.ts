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
import { toldLessons } from '../told-lessons.ts';

/** Leases and replicas in memory. */
export class MemoryLeases implements LeaseRows {
  readonly #clock: Clock;
  readonly #versionOf: (rollout: string) => Promise<number>;
  readonly #leases = new Map<string, Lease>();
  readonly #replicas = new Map<string, Map<string, ReplicaState>>();

  constructor(clock: Clock, versionOf: (rollout: string) => Promise<number>) {
    this.#clock = clock;
    this.#versionOf = versionOf;
  }

  /** The newest token of a lease. */
  tokenOf(name: string): number | undefined {
    return this.#leases.get(name)?.token;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer> {
    const at = this.#clock.now();
    const there = this.#leases.get(name);
    if (there !== undefined && !canAcquire(there, holder, at)) return { ok: false, lease: there };
    return this.#give({ name, holder, token: (there?.token ?? 0) + 1, at, until: at + ttlMs });
  }

  async renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer> {
    const at = this.#clock.now();
    const there = this.#leases.get(lease.name);
    if (!canRenew(there, lease, at)) return { ok: false, lease: there ?? lease };
    return this.#give({ ...lease, at, until: at + ttlMs });
  }

  async release(lease: Lease): Promise<void> {
    const there = this.#leases.get(lease.name);
    // The row stays: its token must never be given twice.
    if (there?.token === lease.token) this.#give({ ...there, until: 0 });
  }

  async acknowledge({ rollout, replica, version, leaseMs, pending, learned }: Acknowledgement) {
    const now = this.#clock.now();
    const replicas = this.#replicasOf(rollout);
    const until = Math.max(now + leaseMs, replicas.get(replica)?.until ?? 0);
    replicas.set(replica, {
      ...{ replica, version, seenAt: now, until },
      ...toldLessons({ pending, learned }),
    });
    for (const old of replicas.values()) {
      if (old.until < now - forgottenAfterMs.replica) replicas.delete(old.replica);
    }
    return { now, until, version: await this.#versionOf(rollout) };
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    const now = this.#clock.now();
    const replicas = [...this.#replicasOf(rollout).values()]
      .filter(({ until }) => until >= now - forgottenAfterMs.replica)
      .sort((a, b) => (a.replica < b.replica ? -1 : 1));
    return { now, replicas: replicas.map((replica) => ({ ...replica })) };
  }

  async retire(rollout: string, replica: string): Promise<void> {
    this.#replicasOf(rollout).delete(replica);
  }

  clear(): void {
    this.#leases.clear();
    this.#replicas.clear();
  }

  #replicasOf(rollout: string): Map<string, ReplicaState> {
    let replicas = this.#replicas.get(rollout);
    if (replicas === undefined) {
      replicas = new Map();
      this.#replicas.set(rollout, replicas);
    }
    return replicas;
  }

  #give(lease: Lease): LeaseAnswer {
    this.#leases.set(lease.name, lease);
    return { ok: true, lease };
  }
}
