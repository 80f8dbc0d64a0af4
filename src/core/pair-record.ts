import type { Divergence } from './comparer.ts';
import type { ErrorFacts } from './events.ts';
import type { Leg, Stage } from './stage.ts';
import type { TokenUsage } from './token-usage.ts';

/** How one leg ended, as it is kept: metrics and hashes, and text only where the app opted in. */
export interface LegRecord {
  /** The implementation that ran; both legs of a noise pair are `legacy`. */
  readonly leg: Leg;
  /** `late`: failed because its time was over. */
  readonly ended: 'answered' | 'failed' | 'late';
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
  readonly error?: Omit<ErrorFacts, 'cause'>;
}

/** The words of a pair, redacted; kept only where a sink asks for them. */
export interface PairText {
  readonly task: string;
  /** Absent when it could not be read. */
  readonly legacy?: string;
  readonly candidate?: string;
}

/**
 * One compared exchange as it is kept. Plain data: it survives `JSON.stringify` unchanged.
 *
 * Kind `compare`: legacy's reply and the candidate's. Kind `noise`: legacy against itself; what stands as `candidate` is
 * legacy's second run, so that every metric of one kind can be held against the other.
 */
export interface PairRecord {
  readonly kind: 'compare' | 'noise';
  /** Unique within its kind. */
  readonly requestId: string;
  /** When the pair was complete, milliseconds since the epoch. */
  readonly at: number;
  readonly route: string;
  readonly tenant: string;
  readonly stage: Stage;
  /** The leg that answered the user. */
  readonly served: Leg;
  readonly legacy: LegRecord;
  readonly candidate: LegRecord;
  /** Absent when a reply could not be read, or the comparison was not done in time. */
  readonly divergence?: Divergence;
  readonly text?: PairText;
}
