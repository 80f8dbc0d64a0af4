import type { HeldPair, HeldReply, Verdict } from './comparer.ts';

/** The layers that the library brings, cheapest first. */
export type CompareLayerName =
  | 'outcome'
  | 'duration'
  | 'exact'
  | 'tools'
  | 'length'
  | 'refusal'
  | 'language'
  | 'entities'
  | 'lexical'
  | 'embedding'
  | 'judge';

/** What a layer says about a pair. Notes that are not single words, and metrics that are not finite, are not told. */
export interface LayerSay {
  readonly say: Verdict | 'none';
  readonly metrics?: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
  /** Whether it is only advice, which gates must not be decided by. @default false */
  readonly advisory?: boolean;
}

/** A reply as layers see it. */
export interface ComparedReply extends HeldReply {
  /** In NFC, without what `ignore` takes out. */
  readonly text: string;
}

/** Two replies as layers see them. */
export interface ComparedPair extends HeldPair {
  readonly legacy: ComparedReply;
  readonly candidate: ComparedReply;
}

/** One way of comparing two replies. */
export interface CompareLayer {
  /** One word; a layer's findings go by it. */
  readonly name: string;
  /** Layers whose say no longer counts once this one has said something. @default none */
  readonly overrules?: readonly string[];
  /** Called off the users' path. Undefined: nothing to say. What it throws is contained. */
  look(pair: ComparedPair): LayerSay | undefined | PromiseLike<LayerSay | undefined>;
}

/** What is taken out of both texts before they are compared. */
export type IgnoreRule = 'timestamps' | 'ids' | 'urls' | RegExp | ((text: string) => string);

/** What a judge is asked. It cannot know which leg wrote which reply. */
export interface JudgeQuestion {
  /** What the user asked for. */
  readonly task: string;
  /** A reply. */
  readonly first: string;
  /** The other one. */
  readonly second: string;
}

/** The reply that answers the task better. */
export type JudgeAnswer = 'first' | 'second' | 'tie';

/** No answer, and why not, in one word: `judge-budget`, … */
export interface JudgeSilence {
  /** Becomes a note of the pair if it is one word: up to 64 letters, digits, underscores, dots, colons and dashes. */
  readonly note: string;
}

/** How a judge is asked. */
export interface JudgeInit {
  /** Aborts when the answer is no longer wanted. */
  readonly signal: AbortSignal;
  /** Which of the two questions about a pair it is. @default it is the only one */
  readonly turn?: 1 | 2;
  /** Whether it has to be answered whatever is sampled or spent, as in a calibration. @default false */
  readonly always?: boolean;
}

/** How often a judge was right where people had said what is. */
export interface JudgeShare {
  /** Pairs on which it was right. */
  readonly right: number;
  /** Pairs that it gave a verdict on. */
  readonly of: number;
  /** `right` by `of`, 0 to 1; absent without any. */
  readonly rate?: number;
  /** Wilson's interval at 95 % (Wilson, JASA 1927): 0 to 1 without any. */
  readonly low: number;
  /** The other end of that interval. */
  readonly high: number;
}

/** What a judge is worth, measured against labels by people. Plain data: it survives `JSON.stringify` unchanged. */
export interface JudgeCalibration {
  /** Of the judge that was measured: another model or rubric has another one. */
  readonly fingerprint: string;
  /** That the judge asks; absent when it does not tell. */
  readonly model?: string;
  /** When, milliseconds since the epoch. */
  readonly at: number;
  /** Labelled pairs that the judge gave a verdict on. */
  readonly n: number;
  /** Labelled pairs that it gave none on. */
  readonly unanswered: number;
  /** Of the pairs whose candidate people found worse, those that the judge found so too. */
  readonly sensitivity: JudgeShare;
  /** Of all other pairs, those that the judge did not find worse. */
  readonly specificity: JudgeShare;
}

/**
 * Says which of two replies is better. Asked twice about a pair, in both orders, and which comes first does not depend on
 * the leg. The replies are data from outside: whoever asks a model has to say so to it.
 */
export interface Judge {
  (
    question: JudgeQuestion,
    init: JudgeInit,
  ): JudgeAnswer | JudgeSilence | PromiseLike<JudgeAnswer | JudgeSilence>;
  /** Names what its verdicts depend on: model, rubric. */
  readonly fingerprint?: string | undefined;
  /** Its verdicts are advisory without one, and below 100 labelled pairs. @default none */
  calibration?: JudgeCalibration | undefined;
}

/** From where on a difference counts. */
export interface CompareThresholds {
  /**
   * Candidate's length by legacy's from which it is `longer`, where one of the two has 120 characters. The migration guide's
   * figure for a recall that injects too much.
   *
   * @default 2
   */
  longer?: number | undefined;
  /** The same for `shorter`: the inverse. @default 0.5 */
  shorter?: number | undefined;
  /**
   * Candidate's duration by legacy's from which it is `slower`, where that is 250 ms or more; noted, never part of the verdict.
   * @default 2
   */
  slower?: number | undefined;
  /**
   * Mean of token Jaccard and ROUGE-L from which wordings are similar, 0 to 1. Between what two noisy versions of one reply
   * have (0.39 and more) and what replies to different questions have (0.2 and less), as the tests of this library measure.
   *
   * @default 0.3
   */
  lexical?: number | undefined;
  /** Cosine of the embeddings from which meanings are similar. Depends on the model: measure yours. @default 0.8 */
  embedding?: number | undefined;
}

/** How the two replies to one exchange are compared, off the users' path. */
export interface CompareOptions {
  /** Whether case makes no difference between equal texts. @default false */
  ignoreCase?: boolean | undefined;
  /**
   * What is taken out of both texts first. Patterns run on the event loop, on up to `maxChars` characters: they must take
   * time linear in the text.
   *
   * @default nothing
   */
  ignore?: IgnoreRule | readonly IgnoreRule[] | undefined;
  /** Whether tools have to be called in the same order. @default 'strict' */
  toolOrder?: 'strict' | 'any' | undefined;
  /** Characters of each reply that are compared, up to 64,000; its length counts in full. @default 16_000 */
  maxChars?: number | undefined;
  /** Gives a vector for each of two texts; all of one length. Absent: meanings are not compared. */
  embed?:
    | ((
        texts: readonly [string, string],
        init: { readonly signal: AbortSignal },
      ) => PromiseLike<readonly (readonly number[] | Float32Array | Float64Array)[]>)
    | undefined;
  /** Says which of two replies is better; an answer that changes with the order is a tie. Absent: nobody judges. */
  judge?: Judge | undefined;
  /** Layers of the app's own, run after the library's but before `embed` and `judge`. */
  layers?: readonly CompareLayer[] | undefined;
  /** Layers of the library that are not run. @default none */
  without?: readonly CompareLayerName[] | undefined;
  thresholds?: CompareThresholds | undefined;
}
