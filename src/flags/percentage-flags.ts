import { bucketsIn, defaultSalt, hashLimit, saltSeed, signedHash } from '../core/bucket.ts';
import { HashedNames } from '../core/hashed-names.ts';
import { check, issuesOf, oneOf, refuse, required } from '../core/option-checks.ts';
import type { Stage } from '../core/stage.ts';
import type { FlagProvider, FlagResolution } from './provider.ts';
import { userOf } from './source/evaluation-context.ts';
import { stageResolutions } from './stage-resolutions.ts';
import {
  stageCheck,
  type TenantStages,
  tenantStageIssues,
  tenantStagePairs,
  tenantStagesCheck,
} from './tenant-stages.ts';

/** What of a ramp can change while it runs. */
export interface PercentageFlagsChange {
  /** Stage of those outside the percentage: `shadow` or `dualwrite`, as a rule. */
  from?: Stage | undefined;
  /** Stage of those inside the percentage: `live`, as a rule. */
  to?: Stage | undefined;
  /** Percent of tenants inside, 0 to 100, with up to two decimals. */
  percent?: number | undefined;
  /** Stages of single tenants, whatever their bucket. Given, it replaces all earlier ones. */
  overrides?: TenantStages | undefined;
}

/** A ramp over tenants, or over users. */
export interface PercentageFlagsOptions extends PercentageFlagsChange {
  from: Stage;
  to: Stage;
  percent: number;
  /**
   * Decides who is early. The same salt gives the same tenants at the same percentage everywhere; another one gives an
   * unrelated order. Cannot be changed later: that would move tenants back.
   * @default 'engramia-cutover'
   */
  salt?: string | undefined;
  /**
   * What is counted into the percentage. With `user` a call without a user goes by its tenant; overrides name
   * tenants, or users where the route says `targeting: 'user'`.
   * @default 'tenant'
   */
  by?: 'tenant' | 'user' | undefined;
}

/** A ramp that can be moved at run time. Every flag key gets the same answer. */
export interface PercentageFlags extends FlagProvider {
  /**
   * Changes the ramp from the next call on, all fields at once or, if one is invalid, none.
   *
   * @throws InvalidOptionsError naming everything that is wrong
   */
  set(change: PercentageFlagsChange): void;
}

interface Ramp {
  readonly inside: FlagResolution;
  readonly outside: FlagResolution;
  readonly percent: number;
  /** Hashes below it are inside. */
  readonly limit: number;
  readonly overrides: HashedNames<FlagResolution> | undefined;
}

const changeChecks = {
  from: stageCheck,
  to: stageCheck,
  percent: check.percent,
  overrides: tenantStagesCheck,
};
const optionChecks = {
  from: required(stageCheck),
  to: required(stageCheck),
  percent: required(check.percent),
  overrides: tenantStagesCheck,
  salt: { test: (value: unknown) => typeof value === 'string', must: 'be a string' },
  by: oneOf('tenant', 'user'),
};
const bySplit = stageResolutions('SPLIT');
const byOverride = stageResolutions('TARGETING_MATCH');

/**
 * Flags for a ramp: the tenants inside the percentage are in stage `to`, the others in `from`. Sticky, and raising the
 * percentage never takes a tenant out.
 *
 * @example
 * const flags = percentageFlags({ from: 'shadow', to: 'live', percent: 5 });
 * flags.set({ percent: 25 });
 * @throws InvalidOptionsError naming everything that is wrong.
 */
export function percentageFlags(options: PercentageFlagsOptions): PercentageFlags {
  refuse('percentageFlags()', [
    ...issuesOf(options, optionChecks),
    ...tenantStageIssues('overrides', options?.overrides),
  ]);
  const { salt = defaultSalt, by } = options;
  const seed = saltSeed(salt);
  let ramp = toRamp(options, seed);
  const byUser = by === 'user';
  return {
    metadata: { name: 'percentage' },
    inProcess: true,
    resolveStringEvaluation(_flagKey, _defaultValue, context) {
      const { targetingKey } = context;
      if (targetingKey === undefined) return ramp.outside;
      const { overrides } = ramp;
      const ofTenant = overrides === undefined ? undefined : overrides.valueOrHash(targetingKey);
      if (typeof ofTenant === 'object') return ofTenant;
      const unit = byUser ? (userOf(context) ?? targetingKey) : targetingKey;
      const hash =
        ofTenant !== undefined && unit === targetingKey ? ofTenant : signedHash(unit, seed);
      return hash >>> 0 < ramp.limit ? ramp.inside : ramp.outside;
    },
    set(change) {
      ramp = changedRamp(ramp, change, seed);
    },
  };
}

function changedRamp(ramp: Ramp, change: PercentageFlagsChange, seed: number): Ramp {
  refuse('percentageFlags.set()', [
    ...issuesOf(change, changeChecks),
    ...tenantStageIssues('overrides', change?.overrides),
  ]);
  const {
    from = ramp.outside.value as Stage,
    to = ramp.inside.value as Stage,
    percent = ramp.percent,
    overrides,
  } = change;
  // Kept by reference: a step of a ramp must not cost a copy of ten thousand overrides.
  return overrides === undefined
    ? { ...toRamp({ from, to, percent }, seed), overrides: ramp.overrides }
    : toRamp({ from, to, percent, overrides }, seed);
}

function toRamp({ from, to, percent, overrides }: PercentageFlagsOptions, seed: number): Ramp {
  const named = tenantStagePairs(overrides).map(
    ([tenant, stage]) => [tenant, byOverride[stage]] as const,
  );
  return {
    inside: bySplit[to],
    outside: bySplit[from],
    percent,
    limit: hashLimit(bucketsIn(percent)),
    overrides: named.length === 0 ? undefined : new HashedNames(named, seed),
  };
}
