import type { AuditEntry } from './audit-entry.ts';
import type { RolloutState } from './rollout-state.ts';

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
