import { check, type OptionCheck, oneOf } from '../core/option-checks.ts';
import { type Stage, stageNames } from '../core/stage.ts';

/** Stages of single tenants: a plain object or a `Map`. */
export type TenantStages = Readonly<Record<string, Stage>> | ReadonlyMap<string, Stage>;

/** The rule for an option that is a stage. */
export const stageCheck: OptionCheck = oneOf(...stageNames);

const isTenantStages = (value: unknown): value is TenantStages =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rule for an option that gives tenants their stages; what is in it is checked one by one. */
export const tenantStagesCheck: OptionCheck = {
  test: isTenantStages,
  must: 'be an object or a Map of stages by tenant',
};

/** The pairs of tenant and stage. An own `__proto__` is a tenant like any other. */
export function tenantStagePairs(given: TenantStages | undefined): readonly [string, Stage][] {
  if (!isTenantStages(given)) return [];
  return given instanceof Map ? [...given] : (Object.entries(given) as [string, Stage][]);
}

/** Every tenant without a name and every stage that does not exist. */
export function tenantStageIssues(option: string, given: TenantStages | undefined): string[] {
  return tenantStagePairs(given).flatMap(([tenant, stage]) => {
    const named = check.text.test(tenant);
    if (named && stageCheck.test(stage)) return [];
    const place = `${option}[${JSON.stringify(String(tenant).slice(0, 60))}]`;
    const shown = JSON.stringify(String(stage).slice(0, 60));
    return named
      ? [`${place} must ${stageCheck.must}, not ${shown}`]
      : [`${place} names no tenant: a tenant must ${check.text.must}`];
  });
}
