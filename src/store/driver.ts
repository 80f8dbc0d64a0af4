import type { Turn } from '../core/call/subject.ts';
import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type {
  CommitResult,
  RolloutCommit,
  StoredRollout,
} from '../core/contracts/rollout-store.ts';
import type { Store } from '../core/contracts/store.ts';
import type { ServedTurns } from '../core/contracts/transcript.ts';
import type { Book, Tally } from './tally.ts';

/** A place in the order of pairs; those after it come next. */
export interface PairPlace {
  readonly at: number;
  readonly id: number;
}

/** Some pairs in order, and where they end; no end when there are no more. */
export interface PairPage {
  readonly pairs: readonly PairRecord[];
  readonly end?: PairPlace;
}

/** Which pairs; names by their keys. */
export interface PairFilter {
  readonly from: number;
  readonly until: number;
  readonly tenant?: string;
  readonly phase?: string;
}

/** Which days; names by their keys. */
export interface DayFilter {
  readonly from: string;
  readonly to: string;
  readonly tenant?: string;
  readonly phase?: string;
}

/** Whose rows can be deleted, by keys. */
export interface Owner {
  readonly tenant: string;
  /** Absent: all of the tenant. */
  readonly conversation?: string;
}

/** What can be deleted, and of what: of an owner, or from before a time. */
export type Removal =
  | { readonly what: 'pairs' | 'days'; readonly tenant: string }
  | ({ readonly what: 'turns' } & Owner)
  | { readonly what: 'pairs' | 'turns'; readonly before: number }
  | { readonly what: 'days' /** A day of UTC, exclusive. */; readonly beforeDay: string };

/** Rollouts and their trails. */
export interface RolloutRows {
  read(rollout: string): Promise<StoredRollout>;
  /** The state, if its version is above one. */
  newer(rollout: string, version: number): Promise<RolloutState | undefined>;
  commit(commit: RolloutCommit): Promise<CommitResult>;
  /** The first entries from a place on; none at the end. */
  entries(rollout: string, from: number): Promise<readonly AuditEntry[]>;
}

/** Leases and replicas, on the storage's clock where it has one. */
export type LeaseRows = Pick<
  Store,
  'acquire' | 'renew' | 'release' | 'acknowledge' | 'replicas' | 'retire'
>;

/** Pairs, counts and turns. */
export interface EvidenceRows {
  /** Keeps the pairs that are new and came after the last erasure of their tenant, and what is counted of them. */
  addPairs(
    phase: string,
    pairs: readonly PairRecord[],
    tallyOf: (added: readonly PairRecord[]) => readonly Tally[],
  ): Promise<void>;
  /** Adds counts, unless a batch of this id was added before. */
  addTallies(book: Book, id: string, tallies: readonly Tally[]): Promise<void>;
  pairPage(filter: PairFilter, after: PairPlace | undefined): Promise<PairPage>;
  tallies(book: Book, filter: DayFilter): Promise<readonly Tally[]>;
  /** Keeps an exchange that is new and came after the last erasure that concerns it. */
  addTurns(served: ServedTurns): Promise<void>;
  /** The latest exchanges answered before a moment, oldest first. */
  turns(
    owner: Required<Owner>,
    range: { readonly before: number; readonly limit: number },
  ): Promise<readonly (readonly Turn[])[]>;
  /** Notes when rows of an owner were erased. What is added from then on knows it. */
  noteErasure(owner: Owner, at: number): Promise<void>;
  /** Deletes a bounded number of rows and says how many; 0 when there are no more. */
  remove(removal: Removal): Promise<number>;
}

/**
 * Rows of one kind of storage. What is checked, counted and cut into pieces was so before it comes here; each method is
 * one short transaction.
 */
export interface StoreDriver {
  /** For messages. */
  readonly name: string;
  readonly rollouts: RolloutRows;
  readonly leases: LeaseRows;
  readonly evidence: EvidenceRows;
  /** Calls `onHint` when another process may have changed a rollout, by its key, or any. */
  listen?(onHint: (key: string | undefined) => void): Disposable;
  close(): Promise<void>;
}
