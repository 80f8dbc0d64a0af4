import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import type { Stage } from '../core/stage.ts';
import type { FlagProvider, FlagResolution } from './provider.ts';
import { stageResolutions } from './stage-resolutions.ts';
import {
  stageCheck,
  type TenantStages,
  tenantStageIssues,
  tenantStagePairs,
  tenantStagesCheck,
} from './tenant-stages.ts';

/** Stages held in this process, changed at run time. Every flag key gets the same answer. */
export interface MemoryFlags extends FlagProvider {
  /** Puts one tenant into a stage, from the next call on. @throws InvalidOptionsError for a name or a stage that is none */
  set(tenant: string, stage: Stage): void;
  /** Lets one tenant follow the default again. */
  unset(tenant: string): void;
  /** Puts every tenant without a stage of its own into a stage. @throws InvalidOptionsError for what is no stage */
  setDefault(stage: Stage): void;
}

const byDefault = stageResolutions('STATIC');
const byTenant = stageResolutions('TARGETING_MATCH');

/**
 * Flags held in memory: one stage for all, and others for single tenants.
 *
 * @example
 * const flags = memoryFlags('dualwrite', { acme: 'shadow' });
 * flags.set('acme', 'live');
 * @throws InvalidOptionsError naming every stage that does not exist.
 */
export function memoryFlags(stage: Stage, tenants?: TenantStages): MemoryFlags {
  refuse('memoryFlags()', [
    ...issuesOf({ stage, tenants }, { stage: required(stageCheck), tenants: tenantStagesCheck }),
    ...tenantStageIssues('tenants', tenants),
  ]);

  const own = new Map<string, FlagResolution>(
    tenantStagePairs(tenants).map(([tenant, its]) => [tenant, byTenant[its]]),
  );
  let others = byDefault[stage];
  return {
    metadata: { name: 'memory' },
    inProcess: true,
    resolveStringEvaluation(_flagKey, _defaultValue, { targetingKey }) {
      if (own.size === 0 || targetingKey === undefined) return others;
      return own.get(targetingKey) ?? others;
    },
    set(tenant, next) {
      const rules = { tenant: required(check.text), stage: required(stageCheck) };
      refuse('memoryFlags.set()', issuesOf({ tenant, stage: next }, rules));
      own.set(tenant, byTenant[next]);
    },
    unset(tenant) {
      own.delete(tenant);
    },
    setDefault(next) {
      refuse(
        'memoryFlags.setDefault()',
        issuesOf({ stage: next }, { stage: required(stageCheck) }),
      );
      others = byDefault[next];
    },
  };
}
