import type { Leg, Stage } from '../stage.ts';
import type { ReportedFacts, Turn } from './subject.ts';

/**
 * What a candidate (or a `legacyShadow`) is told about its call, and tells about itself. Its methods are called on it: taken
 * out of it, as `({ report }) => …` does, they have no call.
 */
export interface CallContext {
  /** Identifies the call; made when first read unless the caller gave one. */
  readonly requestId: string;
  /** Whose call it is. */
  readonly tenant: string;
  /** The stage that the call was decided to. */
  readonly stage: Stage;
  /** The leg that runs with this context. */
  readonly leg: Leg;
  /** True: this reply will be compared and thrown away; nothing may be changed in the world. */
  readonly mirrored: boolean;
  /**
   * Served: aborts with the caller and at the deadline. Mirrored: aborts at the lane's deadline and at `close()`, never
   * with the caller. Made when first read.
   */
  readonly signal: AbortSignal;
  /**
   * Claims "I am about to do something irreversible": there is no fallback after it.
   *
   * @throws CutoverError `ERR_CUTOVER_SUPERSEDED` once fallback has begun, and in a mirrored run: then do not act.
   */
  commit(): void;
  /** Tells what the run knows about itself. A field that is told again replaces what was told: give the sums of the run. */
  report(facts: ReportedFacts): void;
  /**
   * The conversation as it was served, whichever leg served it, oldest turn first: at most the last `limit` turns. Served: with
   * the turns of every call that was answered before. Mirrored: as it was when the call began, without what followed it. Empty
   * without a transcript or a conversation, and when it cannot be read within 5 s.
   */
  history(limit?: number): Promise<readonly Turn[]>;
}
