import type { TokenUsage } from '../call/token-usage.ts';
import type { ErrorFacts } from '../events/error-facts.ts';
import type { Leg, Stage } from '../stage.ts';
import type { Divergence } from './comparer.ts';

/** How one leg ended, as it is kept: metrics and hashes, and text only where the app opted in. */
export interface LegRecord {
  /** The implementation that ran; both legs of a noise pair are `legacy`. */
  readonly leg: Leg;
  /** `late`: failed because its time was over. */
  readonly ended: 'answered' | 'failed' | 'late';
  /** Milliseconds from its start to its end. */
  readonly durationMs: number;
  /** Length of the reply's text in Unicode code points; absent when it could not be read. */
  readonly chars?: number;
  /** SHA-256 of the reply's text, hex. */
  readonly sha256?: string;
  /** Names of the tools that were called, in order; absent when nobody told. */
  readonly tools?: readonly string[];
  /** Absent when nobody told. */
  readonly usage?: TokenUsage;
  /** Keys of the patterns that were recalled. */
  readonly recalled?: readonly string[];
  /** What it failed with: name, code and status, never a message. */
  readonly error?: Omit<ErrorFacts, 'cause'>;
}

/** The words of a pair, redacted; kept only where a sink asks for them. */
export interface PairText {
  /** What the user asked for. */
  readonly task: string;
  /** Absent when it could not be read. */
  readonly legacy?: string;
  /** Absent when it could not be read. */
  readonly candidate?: string;
}

/**
 * One compared exchange as it is kept. Plain data: it survives `JSON.stringify` unchanged.
 *
 * Kind `compare`: legacy's reply and the candidate's. Kind `noise`: legacy against itself; what stands as `candidate` is
 * legacy's second run, so that every metric of one kind can be held against the other.
 */
export interface PairRecord {
  /** Who was compared with whom. */
  readonly kind: 'compare' | 'noise';
  /** The call's own; one that an app has given may name calls of other routes, processes and times as well. */
  readonly requestId: string;
  /** When the pair was complete, milliseconds since the epoch. */
  readonly at: number;
  /** The name of its route. */
  readonly route: string;
  /** Whose exchange it is. */
  readonly tenant: string;
  /** Where the tenant stood. */
  readonly stage: Stage;
  /** The leg that answered the user. */
  readonly served: Leg;
  /** How legacy ended. */
  readonly legacy: LegRecord;
  /** How the candidate ended, or legacy’s second run. */
  readonly candidate: LegRecord;
  /** Absent when a reply could not be read, or the comparison was not done in time. */
  readonly divergence?: Divergence;
  /** Absent where the sink asks for none, or their time is over. */
  readonly text?: PairText;
}
