import type { AuditFact } from 'engramia-cutover/audit';

const state = (version: number, percent: number) => ({
  version,
  from: 'shadow',
  to: 'live',
  percent,
  overrides: {},
  salt: 'engramia-cutover',
  hash: 'v1',
  step: 2,
  since: 1_767_225_600_000,
  status: 'ramping',
  policyHash: '5f'.repeat(32),
  actor: 'system',
});

/** A step of a ramp as it goes into the trail. */
export const stepOf = (seq: number): AuditFact => ({
  kind: 'ramp.step',
  at: 1_767_225_600_000 + seq,
  rollout: 'cutover',
  actor: 'system',
  reason: 'Every gate of the step has passed.',
  before: state(seq, 5),
  after: state(seq + 1, 25),
  evidence: {
    gates: [{ gate: 'wrong-answers', outcome: 'pass', inputs: { pairs: 812, e: 21.5 } }],
  },
});
