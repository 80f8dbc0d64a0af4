import type { Leg, Stage } from '../stage.ts';
import type { ConversationStats } from './conversations.ts';
import type { LaneStats } from './counts.ts';

/** Why a call had no stage of its own. */
export type UndecidedReason = 'identify' | 'noTenant' | 'timeout' | 'flag';

/** Durations of a leg as its callers saw them, from a sample of the calls. One that fell back is legacy's, its wait for the candidate included. */
export interface LatencyStats {
  /** Calls that were timed: one in 64, all when somebody listens to `served`. */
  readonly count: number;
  /** Milliseconds of all timed calls together. */
  readonly sumMs: number;
  /** Milliseconds; undefined without any. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** How many took at most so long, each bucket counting those before it too; empty without any. */
  readonly buckets: readonly LatencyBucket[];
}

/** The timed calls that took at most so many milliseconds. */
export interface LatencyBucket {
  readonly upToMs: number;
  readonly count: number;
}

/** What a route has done since it was made. */
export interface RouteStats {
  readonly calls: number;
  /** Calls by the stage they were decided to. */
  readonly stages: Readonly<Record<Stage, number>>;
  /** Replies by the leg that answered. */
  readonly served: Readonly<Record<Leg, number>>;
  /** Of those served, calls whose caller left before their end: what their leg made of that is no failure. */
  readonly cut: Readonly<Record<Leg, number>>;
  /** Errors that users got, by the leg that threw them. */
  readonly failed: Readonly<Record<Leg, number>>;
  /** Calls in which legacy answered for a candidate that failed or was late. */
  readonly fallbacks: number;
  /** Calls for which no stage was found in time: served by the last good one, by the default, or by legacy. */
  readonly undecided: Readonly<Record<UndecidedReason, number>>;
  readonly latency: Readonly<Record<Leg, LatencyStats>>;
  /** The same up to the first chunk, for replies that come in pieces; their `latency` is up to the end. */
  readonly firstChunk: Readonly<Record<Leg, LatencyStats>>;
  /** Whether legacy answered that it no longer exists. */
  readonly legacyGone: boolean;
}

/** What a cutover has done, and its state. */
export interface CutoverStats {
  /** `frozen`: killed while a route's legacy is gone, so that route stays with the candidate. */
  readonly state: 'open' | 'killed' | 'frozen' | 'closed';
  /** By the routes' names. */
  readonly routes: Readonly<Record<string, RouteStats>>;
  readonly learn: LaneStats;
  readonly mirror: LaneStats;
  /** The turns that were kept for `context.history()`, and those that were handed back. */
  readonly conversations: ConversationStats;
}
