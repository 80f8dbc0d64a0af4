export type { RampListener } from '../core/contracts/ramp-listener.ts';
export type { RolloutState, RolloutStatus } from '../core/contracts/rollout-state.ts';
export { createRollout } from './create-rollout.ts';
export type { RampDecision, Standing } from './decisions/decision.ts';
export { type EvidenceOffer, planProblems } from './decisions/plan-problems.ts';
export type { CandidateShare, StepPreview } from './decisions/preview.ts';
export {
  type RecordedEvidence,
  type Replay,
  type ReplayedDecision,
  type ReplayOptions,
  replay,
} from './decisions/replay.ts';
export type { LegacyProbe } from './evidence/legacy-pulse.ts';
export type { ServedCounts } from './evidence/served-counts.ts';
export { type AttestationOptions, attestation } from './gates/attestation.ts';
export { type CandidateErrorsOptions, candidateErrors } from './gates/candidate-errors.ts';
export { type CoverageOptions, coverage } from './gates/coverage.ts';
export {
  type CustomGateOptions,
  type CustomRun,
  type CustomSay,
  customGate,
} from './gates/custom-gate.ts';
export type {
  Attestation,
  EvidenceSource,
  Gate,
  GateOutcome,
  GateReading,
  GateRun,
  GateSetting,
} from './gates/gate.ts';
export type { GateOptions, PairGateOptions } from './gates/gate-options.ts';
export { type LatencyOptions, latency } from './gates/latency.ts';
export { type LegacyAliveOptions, legacyAlive } from './gates/legacy-alive.ts';
export { type OutboxLagOptions, outboxLag } from './gates/outbox-lag.ts';
export { type ReplyLengthOptions, replyLength } from './gates/reply-length.ts';
export { type SampleRatioOptions, sampleRatio } from './gates/sample-ratio.ts';
export { type ServedErrorsOptions, servedErrors } from './gates/served-errors.ts';
export { type ToolMismatchOptions, toolMismatch } from './gates/tool-mismatch.ts';
export type { TripwireOptions } from './gates/tripwire.ts';
export { type WrongAnswersOptions, wrongAnswers } from './gates/wrong-answers.ts';
export type { PersonAction } from './person-action.ts';
export { defaultPlan } from './plan/default-plan.ts';
export type { PlanStep, RolloutPlan } from './plan/plan.ts';
export type { RolloutFlagAnswer } from './replica/stage-answer.ts';
export type * from './rollout.ts';
export { RolloutError, type RolloutErrorReason } from './rollout-error.ts';
export { type RolloutFlags, rolloutFlags } from './rollout-flags.ts';
export type { RolloutOptions } from './rollout-options.ts';
