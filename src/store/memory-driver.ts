import type { AuditEntry } from '../core/audit-entry.ts';
import type { Clock } from '../core/clock.ts';
import type { PairRecord } from '../core/pair-record.ts';
import type { RolloutState } from '../core/rollout-state.ts';
import {
  type Acknowledgement,
  type AuditHead,
  type CommitResult,
  firstHash,
  type Lease,
  type LeaseAnswer,
  type ReplicaReport,
  type ReplicaState,
  type RolloutCommit,
  type StoredRollout,
} from '../core/store.ts';
import type { Turn } from '../core/subject.ts';
import type { ServedTurns } from '../core/transcript.ts';
import { refusalOf } from './commit-rules.ts';
import type { DayFilter, Owner, PairFilter, PairPage, Removal, StoreDriver } from './driver.ts';
import { canAcquire, canRenew } from './lease-rules.ts';
import { MemoryEvidence } from './memory-evidence.ts';
import { forgottenAfterMs } from './retention.ts';
import type { Book, Tally } from './tally.ts';

interface KeptRollout {
  version: number;
  /** JSON, so that whoever reads a state has it alone, as with any other storage. */
  state: string | undefined;
  readonly entries: string[];
  hash: string;
  readonly replicas: Map<string, ReplicaState>;
}

const emptyRollout = (): KeptRollout => {
  return { version: 0, state: undefined, entries: [], hash: firstHash, replicas: new Map() };
};

const hashAt = (kept: KeptRollout, seq: number): string | undefined => {
  const entry = kept.entries[seq];
  return entry === undefined ? undefined : (JSON.parse(entry) as AuditEntry).hash;
};

function storedOf({ version, state, entries, hash }: KeptRollout): StoredRollout {
  const head: AuditHead = { length: entries.length, hash };
  return state === undefined ? { version, head } : { version, state: JSON.parse(state), head };
}

/** Everything in this process, and gone with it. */
export class MemoryDriver implements StoreDriver {
  readonly name = 'memory';
  readonly #clock: Clock;
  readonly #rollouts = new Map<string, KeptRollout>();
  readonly #leases = new Map<string, Lease>();
  readonly #evidence: MemoryEvidence;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#evidence = new MemoryEvidence(clock);
  }

  async read(rollout: string): Promise<StoredRollout> {
    return storedOf(this.#rollouts.get(rollout) ?? emptyRollout());
  }

  async newer(rollout: string, version: number): Promise<RolloutState | undefined> {
    const kept = this.#rollouts.get(rollout);
    if (kept?.state === undefined || kept.version <= version) return undefined;
    return JSON.parse(kept.state);
  }

  async commit(commit: RolloutCommit): Promise<CommitResult> {
    const kept = this.#kept(commit.rollout);
    const last = commit.entries.at(-1);
    if (last !== undefined && hashAt(kept, last.seq) === last.hash) {
      return { ok: true, current: storedOf(kept) };
    }
    const token = commit.fence && this.#leases.get(commit.fence.name)?.token;
    const why = refusalOf(commit, storedOf(kept), token);
    if (why !== undefined) return { ok: false, why, current: storedOf(kept) };
    // All of it is written out before any of it is kept: what cannot be JSON changes nothing.
    const state = commit.state && JSON.stringify(commit.state);
    const entries = commit.entries.map((entry) => JSON.stringify(entry));
    kept.version = commit.state?.version ?? kept.version;
    kept.state = state ?? kept.state;
    for (const entry of entries) kept.entries.push(entry);
    kept.hash = last?.hash ?? kept.hash;
    return { ok: true, current: storedOf(kept) };
  }

  async entries(rollout: string, from: number): Promise<readonly AuditEntry[]> {
    const entries = this.#rollouts.get(rollout)?.entries ?? [];
    return entries.slice(from, from + 100).map((entry) => JSON.parse(entry));
  }

  async acknowledge({ rollout, replica, version, leaseMs }: Acknowledgement) {
    const now = this.#clock.now();
    const kept = this.#kept(rollout);
    const until = Math.max(now + leaseMs, kept.replicas.get(replica)?.until ?? 0);
    kept.replicas.set(replica, { replica, version, seenAt: now, until });
    for (const old of kept.replicas.values()) {
      if (old.until < now - forgottenAfterMs.replica) kept.replicas.delete(old.replica);
    }
    return { now, until, version: kept.version };
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    const replicas = [...(this.#rollouts.get(rollout)?.replicas.values() ?? [])];
    replicas.sort((a, b) => (a.replica < b.replica ? -1 : 1));
    return { now: this.#clock.now(), replicas: replicas.map((replica) => ({ ...replica })) };
  }

  async retire(rollout: string, replica: string): Promise<void> {
    this.#rollouts.get(rollout)?.replicas.delete(replica);
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

  async addPairs(
    phase: string,
    pairs: readonly PairRecord[],
    tallyOf: (added: readonly PairRecord[]) => readonly Tally[],
  ): Promise<void> {
    this.#evidence.addPairs(phase, pairs, tallyOf);
  }

  async addTallies(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    this.#evidence.addTallies(book, id, tallies);
  }

  async pairPage(filter: PairFilter, after: PairPage['end']): Promise<PairPage> {
    return this.#evidence.pairPage(filter, after);
  }

  async tallies(book: Book, filter: DayFilter): Promise<readonly Tally[]> {
    return this.#evidence.tallies(book, filter);
  }

  async addTurns(served: ServedTurns): Promise<void> {
    this.#evidence.addTurns(served);
  }

  async turns(owner: Required<Owner>, range: { before: number; limit: number }): Promise<Turn[][]> {
    return this.#evidence.turns(owner, range);
  }

  async noteErasure(owner: Owner, at: number): Promise<void> {
    this.#evidence.noteErasure(owner, at);
  }

  async remove(removal: Removal): Promise<number> {
    return this.#evidence.remove(removal);
  }

  async close(): Promise<void> {
    this.#rollouts.clear();
    this.#leases.clear();
    this.#evidence.clear();
  }

  #kept(rollout: string): KeptRollout {
    let kept = this.#rollouts.get(rollout);
    if (kept === undefined) {
      kept = emptyRollout();
      this.#rollouts.set(rollout, kept);
    }
    return kept;
  }

  #give(lease: Lease): LeaseAnswer {
    this.#leases.set(lease.name, lease);
    return { ok: true, lease };
  }
}
