import type { DecisionReason } from '../events/events.ts';
import type { Leg, Stage } from '../stage.ts';

/** A leg that is about to run. */
export interface LegRun {
  readonly route: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly stage: Stage;
  readonly leg: Leg;
  /** Whether it runs in the shadow: its reply is compared and thrown away. */
  readonly mirrored: boolean;
  /** Whether legacy answers in the candidate's place. */
  readonly fellBack: boolean;
  /** How the stage was found; undefined: told already, by the run that was to answer first. */
  readonly decision: LegDecision | undefined;
}

/** How the stage of a call was found. */
export interface LegDecision {
  readonly reason: DecisionReason;
  readonly flagKey: string;
  readonly flagProvider: string;
}

/** How a leg ended. */
export interface LegEnd {
  readonly status: 'fulfilled' | 'rejected';
  /** What was thrown. */
  readonly reason?: unknown;
  /** Why legacy answers in the candidate's place; the candidate may go on, but nobody waits for it. */
  readonly fallback?: 'error' | 'timeout' | 'failure';
}

/** One leg as it is traced. */
export interface LegTrace {
  /** Calls `start` at once, in the context that the leg is to run in. */
  within(start: () => void): void;
  /** Told once, when the leg has ended: of a stream, when its last chunk has come. */
  end(how: LegEnd): void;
}

/** Follows legs as they run. What it throws is contained, and the leg runs all the same. */
export interface LegTracing {
  /** Called in the async context of the call; undefined: this leg is not traced. */
  begin(run: LegRun): LegTrace | undefined;
}
