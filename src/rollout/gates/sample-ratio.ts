import {
  type SampleRatioReading,
  sampleRatio as testRatio,
} from '../../compare/sequential/sample-ratio.ts';
import { bucketOf, bucketsIn, saltSeed } from '../../core/bucket.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import { type Leg, stages } from '../../core/stage.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import type { Gate, GateReading, GateRun, GateSetting } from './gate.ts';
import { type GateOptions, gateChecks } from './gate-options.ts';
import { type GateHead, toReading } from './to-reading.ts';
import { aboutNumber, aboutTime, inPercent } from './wording.ts';

/** When the split is not the one that was meant. */
export interface SampleRatioOptions extends GateOptions {
  /** Chance of a false alarm, over all looks. Source: Lindon and Malek, NeurIPS 2022. @default 0.001 */
  readonly alpha?: number | undefined;
  /** Share of all calls by which the split may be off, for testers and for calls in flight. @default 0.01 */
  readonly tolerance?: number | undefined;
  /** Milliseconds at the start of a step in which replicas still learn of it. @default 60_000 */
  readonly graceMs?: number | undefined;
}

/** Calls from which on it answers. */
const least = 100;

/** The leg that answers a tenant by the state. */
function legByState(state: RolloutState): (tenant: string) => Leg {
  const seed = saltSeed(state.salt);
  const threshold = bucketsIn(state.percent);
  const overrides = new Map(Object.entries(state.overrides));
  return (tenant) => {
    const isInside = bucketOf(seed, tenant) < threshold;
    return stages[overrides.get(tenant) ?? (isInside ? state.to : state.from)].serves;
  };
}

interface Policy {
  readonly alpha: number;
  readonly tolerance: number;
  readonly graceMs: number;
}

class SampleRatioRun implements GateRun {
  readonly #gate: GateHead<'served'>;
  readonly #policy: Policy;
  #settledAt: number | undefined;
  #legOf: (tenant: string) => Leg;
  #counts = { calls: 0, meant: 0, observed: 0, astray: 0 };

  constructor(gate: GateHead<'served'>, policy: Policy, setting: GateSetting) {
    this.#gate = gate;
    this.#policy = policy;
    this.#settledAt = setting.since + policy.graceMs;
    this.#legOf = legByState(setting.state);
  }

  /** Calls that were split in another way are no part of this split. */
  changed(state: RolloutState): void {
    this.#legOf = legByState(state);
    this.#counts = { calls: 0, meant: 0, observed: 0, astray: 0 };
    this.#settledAt = undefined;
  }

  served({ at, tenant, leg, calls }: ServedCounts): void {
    // Whom `identify` has not named is in no bucket: legacy answers, at any percentage.
    if (!(Number.isSafeInteger(calls) && calls > 0) || tenant === '') return;
    this.#settledAt ??= at + this.#policy.graceMs;
    if (at < this.#settledAt) return;
    this.#counts.calls += calls;
    const meant = this.#legOf(tenant);
    if (meant === 'candidate') this.#counts.meant += calls;
    if (leg === 'candidate') this.#counts.observed += calls;
    if (leg !== meant) this.#counts.astray += calls;
  }

  read(at: number): GateReading {
    const { calls, meant, observed, astray } = this.#counts;
    const { tolerance } = this.#policy;
    const said = this.#test();
    const off = calls === 0 ? 0 : astray / calls;
    const inputs = { calls, meant, observed, astray, tolerance, evidence: said?.logEvidence };
    const split = (count: number): string => inPercent(calls === 0 ? 0 : count / calls);
    if (said?.mismatch && off > tolerance) {
      // Tenants that have changed places leave the shares as they were meant.
      const says =
        astray === Math.abs(observed - meant)
          ? `sample ratio: the candidate got ${split(observed)} of ${calls} calls, not ${split(meant)} as the buckets say`
          : `sample ratio: ${split(astray)} of ${calls} calls were answered by the other leg than the buckets say`;
      return toReading(this.#gate, { outcome: 'invalid', says, inputs });
    }
    const waitMs = (this.#settledAt ?? at) - at;
    if (calls < least && waitMs > 0) {
      const says = `sample ratio begins to count in ${aboutTime(waitMs)}, when all replicas know who is where`;
      return toReading(this.#gate, { outcome: 'hold', says, inputs });
    }
    if (calls < least) {
      const says = `sample ratio needs about ${aboutNumber(least - calls)} more calls`;
      return toReading(this.#gate, { outcome: 'hold', says, inputs });
    }
    const says = `sample ratio: the candidate got ${split(observed)} of ${calls} calls, ${split(meant)} were meant`;
    return toReading(this.#gate, { outcome: 'pass', says, inputs });
  }

  /** Against "so many went astray as may". */
  #test(): SampleRatioReading | undefined {
    const { calls, astray } = this.#counts;
    const { alpha, tolerance } = this.#policy;
    if (calls === 0) return undefined;
    const arms = [
      { count: calls - astray, share: 1 - tolerance },
      { count: astray, share: tolerance },
    ];
    return testRatio(arms, alpha);
  }
}

/**
 * Asks whether the calls fell as the sticky buckets say, weighed by each tenant's traffic. Where they did not, the ramp stays;
 * it never fails. A guardrail, by what was served.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function sampleRatio(options: SampleRatioOptions = {}): Gate {
  const checks = {
    ...gateChecks,
    alpha: check.chance,
    tolerance: check.chance,
    graceMs: check.positive,
  };
  refuse('sampleRatio()', issuesOf(options, checks));
  const { alpha = 0.001, tolerance = 0.01, graceMs = 60_000 } = options;
  const { name = 'sample-ratio', role = 'guardrail', dryRun = false } = options;
  const gate = { name, source: 'served' } as const;
  const policy = { alpha, tolerance, graceMs };
  return {
    ...gate,
    ...{ role, dryRun },
    policy: { kind: 'sample-ratio', ...policy },
    begin: (setting) => new SampleRatioRun(gate, policy, setting),
  };
}
