import type { Observation } from '../call/observation.ts';
import type { ReplyView, ReportedFacts } from '../call/subject.ts';
import type { Leg } from '../stage.ts';

/**
 * How the candidate's reply stands to legacy's. `same`: equal after normalization, and the same tools were called.
 * `worse`: it failed, was late, said nothing or refused where legacy answered, or a judge preferred legacy's.
 */
export type Verdict = 'same' | 'similar' | 'different' | 'worse';

/** What one layer of the comparison found. */
export interface LayerFinding {
  readonly layer: string;
  /** `none`: it had nothing to say about this pair. */
  readonly say: Verdict | 'none';
  /** Milliseconds that it took; those of asynchronous layers include their waiting. */
  readonly ms: number;
  /** What it measured. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** What it noticed, in words of a bounded set: `longer`, `refusal`, `tool-missing`, … */
  readonly notes?: readonly string[];
  /** Present: its say is only advice. */
  readonly advisory?: true;
}

/** What differs between the two replies to one exchange: metrics and words of ours, never their text. */
export interface Divergence {
  readonly verdict: Verdict;
  /** The layer whose say became the verdict. */
  readonly decidedBy: string;
  /** Present: without a layer whose say is only advice, a judge that nobody calibrated say, it would be another verdict. */
  readonly advisory?: true;
  /** Every layer that ran, cheapest first. */
  readonly layers: readonly LayerFinding[];
  /** What all layers noticed, each once. */
  readonly notes: readonly string[];
  /** Milliseconds of all layers together. */
  readonly ms: number;
}

/** A tool call in the form in which it is compared. */
export interface HeldToolCall {
  readonly name: string;
  /** Fingerprint of the arguments as canonical JSON; undefined when they have none. */
  readonly arguments: string | undefined;
}

/** What is kept of a leg's end until it can be compared: a part of the text in memory of its own. */
export interface HeldReply {
  readonly leg: Leg;
  /** `late`: failed because its time was over. */
  readonly ended: 'answered' | 'failed' | 'late';
  readonly durationMs: number;
  /** The beginning of the reply's text; undefined when it could not be read. */
  readonly text: string | undefined;
  /** Whether there is nothing in it that is seen, whatever a comparison ignores. */
  readonly isBlank: boolean;
  /** Whether the text went on. */
  readonly isCut: boolean;
  /** Fingerprint of how it went on; undefined: it did not, or for too long. */
  readonly rest: string | undefined;
  /** Unicode code points of the whole text; what is beyond the kept part counts by code units. */
  readonly chars: number;
  /** Undefined: nobody told which tools were called. */
  readonly tools: readonly HeldToolCall[] | undefined;
  /** Bytes that it retains. */
  readonly bytes: number;
}

/** Two replies to one exchange, and what is needed to compare them. */
export interface HeldPair {
  readonly legacy: HeldReply;
  readonly candidate: HeldReply;
  /** What the user asked for. */
  readonly task: string;
  /** Aborts when the comparison is no longer wanted. Made when it is first read. */
  readonly signal: AbortSignal;
}

/** Compares replies, as the shadow sees it. Neither method throws, and no promise of theirs rejects. */
export interface Comparer {
  /** Keeps what will be compared of a leg's end. */
  hold(
    observation: Observation,
    view: ReplyView | undefined,
    reported: ReportedFacts | undefined,
  ): HeldReply;
  /**
   * At once when a leg has failed. Undefined: a reply could not be read, so that nothing can be said.
   *
   * @param underWay - given what tells the divergence without those that have not answered yet, once only layers that may
   * take long are left
   */
  compare(
    pair: HeldPair,
    underWay?: (soFar: () => Divergence) => void,
  ): Divergence | undefined | Promise<Divergence | undefined>;
}
