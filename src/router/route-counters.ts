import { Histogram } from '../core/histogram.ts';
import { type Leg, type Stage, stageNames } from '../core/stage.ts';

/** Why a call had no stage of its own. */
export type UndecidedReason = 'identify' | 'noTenant' | 'timeout' | 'flag';

/** Durations of a leg as its callers saw them, from a sample of the calls. */
export interface LatencyStats {
  /** Calls that were timed: one in 64, all when somebody listens to `served`. */
  readonly count: number;
  /** Milliseconds; undefined without any. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** What a route has done since it was made. */
export interface RouteStats {
  readonly calls: number;
  /** Calls by the stage they were decided to. */
  readonly stages: Readonly<Record<Stage, number>>;
  /** Replies by the leg that answered. */
  readonly served: Readonly<Record<Leg, number>>;
  /** Errors that users got, by the leg that threw them. */
  readonly failed: Readonly<Record<Leg, number>>;
  /** Calls in which legacy answered for a candidate that failed or was late. */
  readonly fallbacks: number;
  /** Calls that were served by default or by legacy because no stage could be found. */
  readonly undecided: Readonly<Record<UndecidedReason, number>>;
  readonly latency: Readonly<Record<Leg, LatencyStats>>;
  /** Whether legacy answered that it no longer exists. */
  readonly legacyGone: boolean;
}

const latencyOf = (histogram: Histogram): LatencyStats => ({
  count: histogram.count,
  p50: histogram.quantile(0.5),
  p99: histogram.quantile(0.99),
});

/** The plain counters of a route: the hot path only adds to them. */
export class RouteCounters {
  calls = 0;
  fallbacks = 0;
  /** Calls by the stage's place in the stage table. */
  readonly stages = stageNames.map(() => 0);
  readonly served = { legacy: 0, candidate: 0 };
  readonly failed = { legacy: 0, candidate: 0 };
  readonly undecided = { identify: 0, noTenant: 0, timeout: 0, flag: 0 };
  readonly latency = { legacy: new Histogram(), candidate: new Histogram() };

  snapshot(legacyGone: boolean): RouteStats {
    return {
      calls: this.calls,
      stages: Object.fromEntries(
        stageNames.map((stage, order) => [stage, this.stages[order]]),
      ) as RouteStats['stages'],
      served: { ...this.served },
      failed: { ...this.failed },
      fallbacks: this.fallbacks,
      undecided: { ...this.undecided },
      latency: {
        legacy: latencyOf(this.latency.legacy),
        candidate: latencyOf(this.latency.candidate),
      },
      legacyGone,
    };
  }
}
