import { expect, it } from 'vitest';
import type { LegDecision, LegRun } from '../../src/core/contracts/leg-tracing.ts';
import { flagEvaluation } from '../../src/telemetry/flag-evaluation.ts';

it.each([
  ['flag', 'unknown'],
  ['cached', 'cached'],
  ['last-known', 'stale'],
  ['default', 'default'],
] as const)('an answer by %s is what OpenTelemetry calls %s', (reason, result) => {
  const decision: LegDecision = { reason, flagKey: 'cutover.chat', flagProvider: 'memory' };
  const run = { stage: 'live', tenant: 'acme' } as LegRun;
  expect(flagEvaluation(run, decision, false)).toEqual({
    'feature_flag.key': 'cutover.chat',
    'feature_flag.provider.name': 'memory',
    'feature_flag.result.variant': 'live',
    'feature_flag.result.reason': result,
  });
});
