import type { Leg, Stage } from '../stage.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { Verdict } from './comparer.ts';
import type { PairRecord } from './pair-record.ts';
import type { MissedPairs, MissReason } from './pair-sink.ts';
import type { RolloutState } from './rollout-state.ts';
import type { Transcript } from './transcript.ts';

/** The end of an audit trail. */
export interface AuditHead {
  /** Entries so far, which is the `seq` of the next one. */
  readonly length: number;
  /** Hash of the last entry; `firstHash` when there is none. */
  readonly hash: string;
}

/** What is kept of a rollout at one moment. */
export interface StoredRollout {
  /** 0 before the first state. */
  readonly version: number;
  /** Absent before the first commit of one. */
  readonly state?: RolloutState;
  readonly head: AuditHead;
}

/** The right to commit by a lease: refused as soon as a newer holder has it. */
export interface LeaseFence {
  readonly name: string;
  readonly token: number;
}

/**
 * A change of a rollout that is made whole or not at all: a new state, entries of its audit trail, or both. The entries
 * come with their places and hashes; a store checks that they link, it does not hash.
 */
export interface RolloutCommit {
  readonly rollout: string;
  /** The version that the change was made from; 0 before the first. */
  readonly expectVersion: number;
  /** The next state, of a version above `expectVersion`. Absent: the state stays. */
  readonly state?: RolloutState;
  /** Hash of the last entry that the change was made from; `firstHash` before the first. */
  readonly expectHead: string;
  /** May be empty. */
  readonly entries: readonly AuditEntry[];
  /** Present: only while no newer token of this lease was given. */
  readonly fence?: LeaseFence;
}

/** Why nothing was committed: somebody changed the state, or the trail, or took the lease. */
export type CommitRefusal = 'version' | 'head' | 'fence';

/** What became of a commit; `current` is what is there now. */
export type CommitResult =
  | { readonly ok: true; readonly current: StoredRollout }
  | { readonly ok: false; readonly why: CommitRefusal; readonly current: StoredRollout };

/** Who is told of a rollout's states. What a method throws is contained. */
export interface RolloutWatcher {
  /** A version above all that were told before, the present one first. Not every version is told, the newest always. */
  changed(state: RolloutState): void;
  /** The store could not be asked; it will be asked again. */
  failed?(error: unknown): void;
}

/** How a rollout is watched. */
export interface WatchOptions {
  /** Milliseconds between two looks, spread by a fifth either way; hints of a change come sooner. @default 5_000 */
  readonly pollMs?: number;
}

/** A replica tells which version it obeys, and until when it may obey it unheard. */
export interface Acknowledgement {
  readonly rollout: string;
  readonly replica: string;
  /** The version that it obeys now. */
  readonly version: number;
  /** Milliseconds from now, on the store's clock; 0: it stays as long as it was. */
  readonly leaseMs: number;
  /** Exchanges that wait to be learned there. @default it does not tell */
  readonly pending?: number;
  /** Exchanges that were learned there since the replica began. @default it does not tell */
  readonly learned?: number;
}

/** The last acknowledgement of a replica. Times are the store's, milliseconds since the epoch. */
export interface ReplicaState {
  readonly replica: string;
  readonly version: number;
  /** When it told of itself last. */
  readonly seenAt: number;
  /** Until when it may obey this version unheard. */
  readonly until: number;
  /** Exchanges that wait to be learned there; absent where it does not tell. */
  readonly pending?: number;
  /** Exchanges that were learned there since the replica began; absent where it does not tell. */
  readonly learned?: number;
}

/** What the store knows at one moment of its own clock, milliseconds since the epoch. */
export interface ReplicaReport {
  readonly now: number;
  /** By name. Those whose lease ran out more than a day ago are left out. */
  readonly replicas: readonly ReplicaState[];
}

/** A name that one holder has at a time. Times are the store's, milliseconds since the epoch. */
export interface Lease {
  readonly name: string;
  /** Who has it: any text that no other holder gives. */
  readonly holder: string;
  /** Grows with every change of hands, so that a late writer can be told. */
  readonly token: number;
  /** When it was given or renewed: it ends `until - at` milliseconds after it was asked for. */
  readonly at: number;
  /** When it runs out unless it is renewed. */
  readonly until: number;
}

/** Whether a lease was given; refused, it is another's, whose lease this is. */
export type LeaseAnswer = { readonly ok: boolean; readonly lease: Lease };

/** Compared exchanges and counts of those without a pair. */
export interface PairBatch {
  /** Unique: a batch that is sent again counts once. */
  readonly id: string;
  /** What the evidence belongs to, such as the step of a rollout, for those who read it by that. @default '' */
  readonly phase?: string;
  /** A pair that is there already, by its kind, tenant, route, `requestId` and moment, counts once. */
  readonly pairs: readonly PairRecord[];
  readonly missed?: readonly MissedPairs[];
}

/** Which pairs, turned over in the order of `at`. */
export interface PairQuery {
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly until?: number;
  readonly tenant?: string;
  readonly route?: string;
  readonly phase?: string;
}

/**
 * What the pairs of a day are counted by. `discordant.candidate`: legacy answered, and the candidate failed, was late or
 * was judged worse; `discordant.legacy`: the candidate answered and legacy did not. `ms`, `chars` and tokens are sums over
 * the legs that have them; `slower.*` sums over the pairs in which both answered, candidate minus legacy.
 */
export type PairMetric =
  | 'pairs'
  | `verdict.${Verdict | 'none'}`
  | `discordant.${Leg}`
  | `${Leg}.${'answered' | 'failed' | 'late' | 'ms' | 'chars' | 'inputTokens' | 'outputTokens'}`
  | 'slower.pairs'
  | 'slower.ms'
  | 'slower.squaredMs'
  | `note.${string}`
  | `missed.${MissReason}`;

/** Counts of one day, tenant, route, stage and kind: what a gate can read without reading pairs. */
export interface PairDay {
  /** A day of UTC, `2026-01-31`. */
  readonly day: string;
  readonly phase: string;
  readonly tenant: string;
  readonly route: string;
  readonly stage: Stage;
  readonly kind: PairRecord['kind'];
  /** Those that are not 0. */
  readonly counts: Readonly<Partial<Record<PairMetric, number>>>;
}

/** Which days. */
export interface DayQuery {
  /** The first day, `2026-01-31`. */
  readonly from?: string;
  /** The last day. */
  readonly to?: string;
  readonly tenant?: string;
  readonly route?: string;
  readonly phase?: string;
}

/** What was served of one day, tenant, route and leg. */
export interface TrafficDay {
  /** A day of UTC, `2026-01-31`. */
  readonly day: string;
  readonly phase: string;
  readonly tenant: string;
  readonly route: string;
  readonly leg: Leg;
  /**
   * By names of the counter's choice, such as `calls`, `failed`, `ms`, cut to 100 code units; those that are not 0.
   */
  readonly counts: Readonly<Record<string, number>>;
}

/** Increments of traffic counters. */
export interface TrafficBatch {
  /** Unique: a batch that is sent again counts once. */
  readonly id: string;
  /** What the traffic belongs to, such as the step of a rollout. @default '' */
  readonly phase?: string;
  readonly counts: readonly Omit<TrafficDay, 'phase'>[];
}

/** How much was deleted. */
export interface Erasure {
  readonly pairs: number;
  readonly turns: number;
  /** Rows of daily counts. */
  readonly days: number;
}

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
