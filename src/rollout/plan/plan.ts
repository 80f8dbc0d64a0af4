import type { Stage } from '../../core/stage.ts';
import type { Gate } from '../gates/gate.ts';

/** One step of the ladder. */
export interface PlanStep {
  /** Share of the tenants inside, 0 to 100. */
  readonly percent: number;
  /** Stage of the tenants inside. @default 'live' */
  readonly to?: Stage | undefined;
  /** Milliseconds that the step is held at least. @default the plan's `holdMs` */
  readonly holdMs?: number | undefined;
  /** Pairs that must have been compared at least, where a gate looks at pairs. @default the plan's `minPairs` */
  readonly minPairs?: number | undefined;
  /** Whether a person must approve before the next step; always asked last. @default false */
  readonly approval?: boolean | undefined;
}

/** How a ramp climbs, and what must hold before it does. */
export interface RolloutPlan {
  /** Stage of the tenants outside. @default 'shadow' */
  readonly from?: Stage | undefined;
  /** The ladder, upwards. @default 0, 5, 25, 50 and 100 percent `live`, then `rampdown`, then `complete` */
  readonly steps?: readonly PlanStep[] | undefined;
  /** What is asked before each step, and while it is held. @default none */
  readonly gates?: readonly Gate[] | undefined;
  /** Whether it climbs by itself once everything passes; otherwise a person calls `advance()`. @default false */
  readonly automatic?: boolean | undefined;
  /** Milliseconds that a step is held at least, where it does not say. @default 86_400_000, a day */
  readonly holdMs?: number | undefined;
  /** Pairs that a step needs at least where a gate looks at pairs, and it does not say. @default 100 */
  readonly minPairs?: number | undefined;
  /** Error budget for rolling back at one step, split over the gates; each step has it anew. @default 0.05 */
  readonly alpha?: number | undefined;
  /** Milliseconds of the cycle that is seen whole before half of the tenants move. @default 86_400_000, a day */
  readonly dailyCycleMs?: number | undefined;
  /** Milliseconds that 100 % is held before `complete()`. @default 604_800_000, seven days as the migration guide asks */
  readonly completeAfterMs?: number | undefined;
}
