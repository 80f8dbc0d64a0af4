import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { GateReading } from '../gates/gate.ts';
import type { PlanStep } from '../plan/plan.ts';

/** Where a ramp stands when its gates are read. Plain data, so that a decision can be replayed. */
export interface Standing {
  readonly state: RolloutState;
  readonly step: PlanStep;
  /** Undefined: the step is the last. */
  readonly next: PlanStep | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Pairs since the step began. */
  readonly pairs: number;
  /** Whether a person has approved the next step since this one began. */
  readonly approved: boolean;
  /** False: the way back is dead. */
  readonly legacyAlive: boolean;
  /** Whether the plan climbs by itself. */
  readonly automatic: boolean;
  /**
   * Milliseconds of the daily cycle that a step is held at least before it moves to half of the tenants or beyond.
   * @default 86_400_000, a day
   */
  readonly dailyCycleMs?: number;
  /** Whether the ramp stands where it does by another plan: its evidence is none of this one's. @default false */
  readonly byOtherPlan?: boolean;
}

/** What is to be done, and what it was decided on. */
export interface RampDecision {
  readonly does: 'stay' | 'advance' | 'await-approval' | 'pause' | 'roll-back' | 'freeze';
  /** One sentence. */
  readonly why: string;
  readonly readings: readonly GateReading[];
}

/** As which person or machine the gates are asked. */
export interface Asking {
  /** Whether a person has approved the next step. */
  readonly approved: boolean;
  /** Whether it is to climb if everything passes. */
  readonly automatic: boolean;
}
