import type { Subject } from '../call/subject.ts';
import type { Plan, Stage } from '../stage.ts';

/** Why a stage was chosen. */
export type StageReason = 'flag' | 'cached' | 'last-known' | 'default';

/** The stage of a tenant, and why. Frozen and shared: the hot path makes none. */
export interface StageResolution {
  readonly stage: Stage;
  readonly plan: Plan;
  readonly reason: StageReason;
}

/** Who is in which stage, as the router asks it. Never throws, never rejects, answers valid stages only. */
export interface StageSource {
  resolve(tenant: string, subject: Subject): StageResolution | Promise<StageResolution>;
  /** The answer when `resolve` is late: the last good one, else the default. */
  fallback(tenant: string, subject: Subject): StageResolution;
}
