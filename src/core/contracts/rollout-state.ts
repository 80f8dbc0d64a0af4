import type { Stage } from '../stage.ts';

/** Where a ramp stands. `latched`: it rolled back by itself, and waits for a person. `frozen`: the way back is dead. */
export type RolloutStatus =
  | 'ramping'
  | 'held'
  | 'awaiting-approval'
  | 'rolled-back'
  | 'latched'
  | 'frozen'
  | 'complete';

/** The whole state of a ramp: one small document, replaced as a whole. Plain data. */
export interface RolloutState {
  /** Only grows; a rollback is a new, higher version. */
  readonly version: number;
  /** The stage of tenants outside the percentage. */
  readonly from: Stage;
  /** The stage of tenants inside it. */
  readonly to: Stage;
  /** Share of the tenants that are inside, 0 to 100. */
  readonly percent: number;
  /** Stages of single tenants; they beat the percentage. */
  readonly overrides: Readonly<Record<string, Stage>>;
  /** Salt of the sticky hash; never changes during a ramp, so that raising the percentage takes nobody out. */
  readonly salt: string;
  /** The version of the sticky hash. */
  readonly hash: 'v1';
  /** Index of the plan's step that is in force. */
  readonly step: number;
  /** When the step began, milliseconds since the epoch. */
  readonly since: number;
  readonly status: RolloutStatus;
  /** Why it stands still where it does; absent while it moves. */
  readonly why?: string;
  /** Fingerprint of the plan, its gates and thresholds; evidence from before a change of it does not count. */
  readonly policyHash: string;
  /** Who made this version. */
  readonly actor: string;
}
