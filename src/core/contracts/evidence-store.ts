import type { Leg, Stage } from '../stage.ts';
import type { Verdict } from './comparer.ts';
import type { PairRecord } from './pair-record.ts';
import type { MissedPairs, MissReason } from './pair-sink.ts';

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
