export { createRollout } from './create-rollout.ts';
export type { RampDecision, Standing } from './decision.ts';
export { defaultPlan } from './default-plan.ts';
export type {
  Attestation,
  EvidenceSource,
  Gate,
  GateOutcome,
  GateReading,
  GateRun,
  GateSetting,
} from './gate.ts';
export type { LegacyProbe } from './legacy-pulse.ts';
export type { PersonAction } from './person-action.ts';
export type { PlanStep, RolloutPlan } from './plan.ts';
export type { StepPreview } from './preview.ts';
export type * from './rollout.ts';
export { RolloutError, type RolloutErrorReason } from './rollout-error.ts';
export { type RolloutFlagAnswer, type RolloutFlags, rolloutFlags } from './rollout-flags.ts';
export type { RolloutOptions } from './rollout-options.ts';
export type { ServedCounts } from './served-counts.ts';
