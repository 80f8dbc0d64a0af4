import type { LayerSay } from '../../core/contracts/compare-options.ts';

/** Two texts, and what is to be found by their words: what the thread for texts is asked. */
export interface WordQuestion {
  readonly legacy: string;
  readonly candidate: string;
  /** The layers that have to speak. */
  readonly layers: readonly string[];
  /** The threshold of the lexical layer. */
  readonly lexical: number;
  /** Whether to look at the order of the words: of long texts it takes too long for the event loop. */
  readonly ordered: boolean;
}

/** What one layer has said. */
export interface WordSay {
  readonly layer: string;
  readonly said: LayerSay | undefined;
  /** Milliseconds that it took; the first layer's include looking for the words. */
  readonly ms: number;
}

/** A question on its way to the thread. */
export interface PostedQuestion extends WordQuestion {
  readonly id: number;
}

/** What comes back. */
export interface PostedAnswer {
  readonly id: number;
  /** Undefined: it could not be found out. */
  readonly says: readonly WordSay[] | undefined;
}
