import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import type { PairSink } from '../core/contracts/pair-sink.ts';
import type { RampListener } from '../core/contracts/ramp-listener.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type { ReplicaState } from '../core/contracts/rollout-store.ts';
import type { CutoverStats } from '../core/contracts/stats.ts';
import type { CutoverEventOf } from '../core/events/events.ts';
import type { Stage } from '../core/stage.ts';
import type { RampDecision } from './decisions/decision.ts';
import type { StepPreview } from './decisions/preview.ts';
import type { PersonAction } from './person-action.ts';
import type { PlanStep } from './plan/plan.ts';

/** The part of a cutover that a rollout follows; every cutover and every handler is one. */
export interface FollowedCutover {
  on<T extends 'served' | 'gone' | 'rollback'>(
    type: T,
    listener: (event: CutoverEventOf<T>) => void,
  ): Disposable;
  stats(): Pick<CutoverStats, 'learn'>;
}

/** Moves the ramp to its next step. */
export interface AdvanceAction extends PersonAction {
  /** Although gates or times say no. @default false */
  readonly force?: boolean | undefined;
  /** Although no tenant that is known would move. @default false */
  readonly allowEmpty?: boolean | undefined;
}

/** Puts the ramp where a person wants it; what is not given stays. */
export interface SetAction extends PersonAction {
  /** Stage of the tenants outside: `off`, `dualwrite` or `shadow`. */
  readonly from?: Stage | undefined;
  /** Percent of tenants inside, 0 to 100, with up to two decimals; not above the plan's next step. */
  readonly percent?: number | undefined;
  /** Lets `percent` pass over steps, and go up while the ramp is frozen. @default false */
  readonly force?: boolean | undefined;
}

/** Takes everybody back. */
export interface RollbackAction extends PersonAction {
  /** Stage that tenants go back to: `off`, `dualwrite` or `shadow`. @default where those outside are */
  readonly to?: Stage | undefined;
  /** Nothing more is learned either: `to: 'off'`. @default false */
  readonly stopLearning?: boolean | undefined;
  /** Although legacy is known to be dead. @default false: the ramp is frozen instead */
  readonly force?: boolean | undefined;
}

/** Ends the migration. */
export interface CompleteAction extends PersonAction {
  /**
   * Although exchanges wait to be learned: they are learned after the end as well, and where calls never cease, some always
   * wait. How many is entered. @default false
   */
  readonly allowPending?: boolean | undefined;
}

/** Vouches for something that the library cannot see. */
export interface AttestAction extends PersonAction {
  /** What: `smoke`, `backup`, `threads.deleted`, … */
  readonly kind: string;
  /** Whether it is as it should be. */
  readonly ok: boolean;
  /** Plain data without anybody's personal data. */
  readonly evidence?: object | undefined;
}

/** What was attested last, of one kind. */
export interface Attested {
  readonly ok: boolean;
  /** Who vouched for it. */
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Where a rollout stands, and what it stands on. */
export interface RolloutReport {
  readonly state: RolloutState;
  /** The step of the plan that it stands at. */
  readonly step: PlanStep;
  /** Undefined: the step is the last. */
  readonly next: PlanStep | undefined;
  /** What would be decided now, and on what readings. */
  readonly decision: RampDecision;
  /** Milliseconds since the step began. */
  readonly heldMs: number;
  /** Whether there is a legacy to go back to, as far as this process has heard and read. */
  readonly legacyAlive: boolean;
  /** Whether this process decides for the ramp. */
  readonly leads: boolean;
  /** Whether this process takes everybody back, whatever the state says. */
  readonly killed: boolean;
  /** Whether this process has not reached the store for longer than its lease. */
  readonly lostContact: boolean;
  /** The processes that obey the ramp, as they told the store. */
  readonly replicas: readonly ReplicaState[];
  /** Whether every replica obeys this version, or its lease has run out; not while a way back of this process is not entered. */
  readonly acknowledged: boolean;
  /** Reviews that nobody has closed. */
  readonly reviews: readonly AuditEntry[];
  /** By kind. */
  readonly attested: Readonly<Record<string, Attested>>;
  /** Pairs and calls of this process that were not counted, since too many waited for the store. */
  readonly lost: { readonly pairs: number; readonly calls: number };
}

/** An entry of the rollout's own trail, or of the service's. */
export type TrailItem =
  | { readonly of: 'rollout'; readonly entry: AuditEntry }
  | { readonly of: 'service'; readonly entry: unknown };

/**
 * The ramp of a migration. Each action names a person and a reason, and gives the state that is in force then; it rejects
 * with `InvalidOptionsError` for what is missing, and with `RolloutError` for what stands in its way.
 */
export interface Rollout extends AsyncDisposable {
  readonly name: string;
  /** Resolves when the state is known; keeps trying. Rejects when the rollout is closed before. */
  readonly ready: Promise<void>;
  /** Compared pairs as evidence of the present step: the `pairs` of a cutover. */
  readonly pairs: PairSink;
  /** Who is in which stage, as this process knows; undefined: it knows no state yet. */
  stageOf(tenant: string): Stage | undefined;
  /** Tells of each newer state, and of what the gates say where they are asked, until it is disposed. */
  onRamp(listener: RampListener): Disposable;
  /**
   * Counts what a cutover serves, hears whether its legacy is gone, and enters its kills, until it is disposed. One handler speaks
   * for all of a cutover: a cutover that is followed again, by whichever of them, is counted once.
   *
   * @throws InvalidOptionsError for what is no cutover
   */
  follow(cutover: FollowedCutover): Disposable;

  /** Where the ramp stands. Changes nothing. */
  status(): Promise<RolloutReport>;
  /** Who would move by a step of the plan. @throws RolloutError when nobody would, unless `allowEmpty` */
  preview(step?: number, options?: { readonly allowEmpty?: boolean }): Promise<StepPreview>;
  /** Takes the next step, if the present one was held, its gates pass, and it moves somebody. */
  advance(by: AdvanceAction): Promise<RolloutState>;
  /** Takes the next step where it awaits a person; gates are read once more. */
  approve(by: AdvanceAction): Promise<RolloutState>;
  /** Puts the ramp where a person wants it. @throws RolloutError when that is above the next step, unless `force` */
  set(by: SetAction): Promise<RolloutState>;
  /** Lets the ramp stand still until `resume()`. */
  hold(by: PersonAction): Promise<RolloutState>;
  /** Lets a ramp go on, on new evidence; after a rollback it begins at its first step. */
  resume(by: PersonAction): Promise<RolloutState>;
  /** Takes everybody back: here at once, everywhere as soon as the store and the others can be reached. */
  rollback(by: RollbackAction): Promise<RolloutState>;
  /** `rollback()` that does not wait: it is entered as soon as the store answers. */
  kill(by: RollbackAction): 'killed' | 'frozen';
  /** Puts a tenant into a stage of its own, or back into the ramp. */
  override(tenant: string, stage: Stage | undefined, by: PersonAction): Promise<RolloutState>;
  /** Tenants that are with the candidate, whatever the percentage. */
  allow(tenants: readonly string[], by: PersonAction): Promise<RolloutState>;
  /** Tenants that stay with legacy, whatever the percentage. */
  deny(tenants: readonly string[], by: PersonAction): Promise<RolloutState>;
  /** Puts a named group of tenants into a stage, or back into the ramp, all at once. */
  cohort(name: string, stage: Stage | undefined, by: PersonAction): Promise<RolloutState>;
  /** Enters what a person vouches for; gates may ask for it. */
  attest(attestation: AttestAction): Promise<RolloutState>;
  /** Closes a review by the place of its entry in the trail. */
  acknowledge(review: number, by: PersonAction): Promise<RolloutState>;
  /** Ends the migration. @throws RolloutError with everything that still stands in its way */
  complete(by: CompleteAction): Promise<RolloutState>;

  /**
   * Whether every replica obeys a version, or its lease has run out.
   *
   * @default the present version of the store; false while a way back of this process waits to be entered
   */
  isAcknowledged(version?: number): Promise<boolean>;
  /** The audit trail, and behind it what the service tells of its own. */
  trail(): AsyncIterable<TrailItem>;
  /** Resolves when what was counted so far is in the store. */
  flush(): Promise<void>;
  /**
   * Stops deciding and counting; stages are answered on, by the last state that is known. Waits half a minute at most for a
   * store that is silent.
   */
  close(): Promise<void>;
}
