import type { AuditEntry } from './audit-entry.ts';
import type {
  DayQuery,
  Erasure,
  PairBatch,
  PairDay,
  PairQuery,
  TrafficBatch,
  TrafficDay,
} from './evidence-store.ts';
import type { PairRecord } from './pair-record.ts';
import type {
  Acknowledgement,
  CommitResult,
  Lease,
  LeaseAnswer,
  ReplicaReport,
  RolloutCommit,
  RolloutWatcher,
  StoredRollout,
  WatchOptions,
} from './rollout-store.ts';
import type { Transcript } from './transcript.ts';

/**
 * Where rollouts, their audit trails, compared pairs and counters live. Every method is safe under concurrent use by many
 * processes; what fails rejects with the driver's own error. Names may be any text.
 *
 * After `close()` every method rejects with `ERR_CUTOVER_CLOSED`.
 */
export interface Store extends AsyncDisposable {
  /** What is kept of a rollout; of an unknown one, nothing at version 0. */
  rollout(name: string): Promise<StoredRollout>;
  /**
   * Puts a state and its entries in place, both or neither, if nobody was faster. A commit with entries whose answer was
   * lost can be sent again: what is there already is a success.
   *
   * @throws InvalidOptionsError when the entries do not link, or the version does not grow
   */
  commit(commit: RolloutCommit): Promise<CommitResult>;
  /** Tells every newer state until it is disposed. Keeps no process alive. */
  watch(rollout: string, watcher: RolloutWatcher, options?: WatchOptions): Disposable;
  /** The audit trail in order, from the entry `from`. @default from the first */
  audit(rollout: string, from?: number): AsyncIterable<AuditEntry>;

  /** Notes what a replica obeys and what it has to learn; its lease never gets shorter. Answers with what is in force. */
  acknowledge(
    acknowledgement: Acknowledgement,
  ): Promise<{ readonly now: number; readonly until: number; readonly version: number }>;
  /** Every replica that has told of itself. */
  replicas(rollout: string): Promise<ReplicaReport>;
  /** Takes a replica out that has stopped. */
  retire(rollout: string, replica: string): Promise<void>;

  /** Gives a lease that is free or has run out, or to its holder anew; a new token each time. */
  acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer>;
  /** Extends a lease that has not run out and was not given anew. */
  renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer>;
  /** Gives a lease back; one that was lost meanwhile is left as it is. */
  release(lease: Lease): Promise<void>;

  addPairs(batch: PairBatch): Promise<void>;
  /** Pairs by time, oldest first. */
  pairs(query?: PairQuery): AsyncIterable<PairRecord>;
  /** Counts by day, in the order of days. */
  pairDays(query?: DayQuery): Promise<readonly PairDay[]>;

  addTraffic(batch: TrafficBatch): Promise<void>;
  /** Counters by day, in the order of days. */
  traffic(query?: DayQuery): Promise<readonly TrafficDay[]>;

  /** Served turns, kept here. Without a bound of their own: `prune` makes room. */
  transcript(options?: Pick<Transcript, 'redact' | 'maxTurnChars'>): Transcript;

  /**
   * Deletes a tenant's pairs, counts and turns; pairs and turns from before it that come later are not kept. Audit trails
   * and overrides stay: a trail names no tenant, and overrides are taken out by a commit.
   */
  erase(tenant: string): Promise<Erasure>;
  /** Deletes pairs and turns from before a time, milliseconds since the epoch. Counts stay. */
  prune(before: number): Promise<Erasure>;

  /**
   * Deletes some thousands at most of what is from before a time, milliseconds since the epoch: pairs, or counts of days that
   * were over by then. Answers how many, 0 when there are no more. Optional: without it nothing is forgotten by itself.
   */
  sweep?(what: 'pairs' | 'days', before: number): Promise<number>;

  /** Ends watches and lets go of what the store has opened; what was handed in stays open. Can be called again. */
  close(): Promise<void>;
}
