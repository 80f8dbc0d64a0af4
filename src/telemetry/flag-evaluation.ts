import type { Attributes } from '@opentelemetry/api';
import type { LegDecision, LegRun } from '../core/contracts/leg-tracing.ts';
import type { StageReason } from '../core/contracts/stage-source.ts';

/** The event's name by OpenTelemetry's semantic conventions for feature flags. */
export const flagEvaluationName = 'feature_flag.evaluation';

/** What the conventions call our reasons: why a provider answered as it did, only the provider knows. */
const resultReasons: Readonly<Record<StageReason, string>> = {
  flag: 'unknown',
  cached: 'cached',
  'last-known': 'stale',
  default: 'default',
};

/** The attributes of a flag's evaluation; undefined where no flag was asked: killed, forced, without a tenant. */
export function flagEvaluation(
  { stage, tenant }: LegRun,
  { reason, flagKey, flagProvider }: LegDecision,
  withTenant: boolean,
): Attributes | undefined {
  if (!Object.hasOwn(resultReasons, reason)) return undefined;
  return {
    'feature_flag.key': flagKey,
    'feature_flag.provider.name': flagProvider,
    'feature_flag.result.variant': stage,
    'feature_flag.result.reason': resultReasons[reason as StageReason],
    ...(withTenant && { 'feature_flag.context.id': tenant }),
  };
}
