import type { LatencyStats, RouteStats } from '../../core/contracts/stats.ts';
import { Histogram } from '../../core/histogram.ts';
import { stageNames } from '../../core/stage.ts';

const latencyOf = (histogram: Histogram): LatencyStats => ({
  count: histogram.count,
  sumMs: histogram.sumMs,
  p50: histogram.quantile(0.5),
  p99: histogram.quantile(0.99),
  buckets: histogram.buckets(),
});

/** The plain counters of a route: the hot path only adds to them. */
export class RouteCounters {
  calls = 0;
  /** Those that have come as far: by the time that one has its stage, others may have begun. */
  decided = 0;
  fallbacks = 0;
  /** Calls by the stage's place in the stage table. */
  readonly stages = stageNames.map(() => 0);
  readonly served = { legacy: 0, candidate: 0 };
  readonly failed = { legacy: 0, candidate: 0 };
  /** Of those served. */
  readonly cut = { legacy: 0, candidate: 0 };
  readonly undecided = { identify: 0, noTenant: 0, timeout: 0, flag: 0 };
  readonly latency = { legacy: new Histogram(), candidate: new Histogram() };
  readonly firstChunk = { legacy: new Histogram(), candidate: new Histogram() };

  snapshot(legacyGone: boolean): RouteStats {
    return {
      calls: this.calls,
      stages: Object.fromEntries(
        stageNames.map((stage, order) => [stage, this.stages[order]]),
      ) as RouteStats['stages'],
      served: { ...this.served },
      failed: { ...this.failed },
      cut: { ...this.cut },
      fallbacks: this.fallbacks,
      undecided: { ...this.undecided },
      latency: {
        legacy: latencyOf(this.latency.legacy),
        candidate: latencyOf(this.latency.candidate),
      },
      firstChunk: {
        legacy: latencyOf(this.firstChunk.legacy),
        candidate: latencyOf(this.firstChunk.candidate),
      },
      legacyGone,
    };
  }
}
