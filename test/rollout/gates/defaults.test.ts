import { expect, it } from 'vitest';
import { attestation } from '../../../src/rollout/gates/attestation.ts';
import { candidateErrors } from '../../../src/rollout/gates/candidate-errors.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import type { Gate } from '../../../src/rollout/gates/gate.ts';
import { latency } from '../../../src/rollout/gates/latency.ts';
import { legacyAlive } from '../../../src/rollout/gates/legacy-alive.ts';
import { outboxLag } from '../../../src/rollout/gates/outbox-lag.ts';
import { replyLength } from '../../../src/rollout/gates/reply-length.ts';
import { sampleRatio } from '../../../src/rollout/gates/sample-ratio.ts';
import { servedErrors } from '../../../src/rollout/gates/served-errors.ts';
import { toolMismatch } from '../../../src/rollout/gates/tool-mismatch.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';
import { defaultPlan } from '../../../src/rollout/plan/default-plan.ts';

const belowAll = { upTo: 99.99 };
const tripwire = { rate: 0.5, calls: 20, windowMs: 300_000 };
const ofPairs = { overNoise: false, asksAt: belowAll };

/** Each gate as it is without options: what the documentation says of it. */
const gates: readonly (readonly [Gate, Gate['role'], policy: object])[] = [
  [wrongAnswers(), 'guardrail', { margin: 0.02, harm: 0.0025, ...ofPairs }],
  [candidateErrors(), 'guardrail', { margin: 0.02, harm: 0.0025, ...ofPairs }],
  [toolMismatch(), 'signal', { margin: 0.05, harm: 0.05, ...ofPairs }],
  [toolMismatch({ overNoise: true }), 'signal', { margin: 0.05, harm: 0.0025, overNoise: true }],
  [latency(), 'signal', { slowerMs: 1_000, asksAt: belowAll }],
  [latency({ source: 'served' }), 'signal', { limitMs: 10_000, asksAt: { above: 0, upTo: 100 } }],
  [latency({ source: 'live-pairs' }), 'signal', { asksAt: { above: 0, upTo: 100 } }],
  [replyLength(), 'signal', { longer: 2, shorter: 0.5, asksAt: belowAll }],
  [servedErrors(), 'guardrail', { limit: 0.05, countFallbacks: true, tripwire }],
  [servedErrors(), 'guardrail', { asksAt: { above: 0 } }],
  [coverage(), 'guardrail', { floor: 0.8, least: 20, asksAt: belowAll }],
  [sampleRatio(), 'guardrail', { alpha: 0.001, tolerance: 0.01, graceMs: 60_000 }],
  [legacyAlive({ probe: () => true }), 'guardrail', { everyMs: 60_000, timeoutMs: 5_000 }],
  [
    outboxLag({ lagMs: () => 0 }),
    'signal',
    { limitMs: 900_000, everyMs: 10_000, timeoutMs: 5_000 },
  ],
  [attestation('smoke'), 'signal', { of: 'smoke' }],
];

it.each(gates.map(([gate, role, policy]) => [gate.name, gate, role, policy] as const))(
  'the gate %s has the role and the thresholds that are documented',
  (_name, gate, role, policy) => {
    expect(gate).toMatchObject({ role, dryRun: false, policy });
  },
);

it('what an option within an option is not given keeps its default', () => {
  const none = { rate: undefined, calls: undefined, windowMs: undefined };
  expect(servedErrors({ tripwire: none }).policy).toMatchObject({ tripwire });
});

it('the default plan is the ladder of the migration guide', () => {
  const day = 86_400_000;
  expect(defaultPlan).toEqual({
    from: 'shadow',
    steps: [
      ...[0, 5, 25, 50, 100].map((percent) => ({ percent })),
      { percent: 100, to: 'rampdown' },
      { percent: 100, to: 'complete' },
    ],
    gates: [],
    automatic: false,
    holdMs: day,
    minPairs: 100,
    alpha: 0.05,
    dailyCycleMs: day,
    completeAfterMs: 7 * day,
  });
});
