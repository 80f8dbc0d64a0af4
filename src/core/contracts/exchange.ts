import type { Observation } from '../call/observation.ts';
import type { ReplyView, ReportedFacts, Subject } from '../call/subject.ts';
import type { Leg, Stage } from '../stage.ts';
import type { Comparer } from './comparer.ts';
import type { LearnVia } from './learner.ts';
import type { PairRecord } from './pair-record.ts';

/** One call as callbacks of the app see it. */
export interface Exchange {
  /** The route's name. */
  readonly route: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly subject: Subject;
  readonly stage: Stage;
  /** The leg that answered the user. */
  readonly leg: Leg;
}

/** A call that has been answered, as the router hands it to the shadow: references only, nothing read yet. */
export interface ServedExchange extends Exchange {
  /** What the handler was called with; kept as long as the exchange is. */
  readonly args: readonly unknown[];
  /** What the user got; read only later, off the caller's path. */
  readonly reply: unknown;
  readonly facts: ReportedFacts | undefined;
  readonly learning: LearnPolicy;
  /** Told once by each lane that took the exchange, when its task has ended; undefined: nobody waits for it. */
  readonly waiter: TaskWaiter | undefined;
}

/** Who waits for the background work of a call: a platform, or the caller itself. */
export interface TaskWaiter {
  taskEnded(): void;
}

/** What of an exchange is learned, and how: a route's `learn` options without gaps. */
export interface LearnPolicy {
  readonly via: LearnVia;
  readonly evalScore: { readonly legacy: number; readonly candidate: number };
  /** Unicode code points. */
  readonly maxTaskChars: number;
  /** Unicode code points. */
  readonly maxCodeChars: number;
  /** Unicode code points; a shorter task is not worth learning. */
  readonly minTaskChars: number;
  readonly filter: ((exchange: Exchange & { readonly reply: ReplyView }) => boolean) | undefined;
  readonly redact: (text: string) => string;
  /** Undefined: `shadow:<tenant>`. */
  readonly runId: ((exchange: Exchange) => string) | undefined;
  readonly view: (reply: unknown) => ReplyView | undefined | PromiseLike<ReplyView | undefined>;
  /** Why what `view` gave of a reply is no text, in a sentence of the library's own; undefined: nothing is amiss. */
  readonly whyUnread: (reply: unknown, seen: ReplyView | undefined) => string | undefined;
}

/** A call of which a leg is to be run in the shadow. */
export interface MirrorableExchange extends ServedExchange {
  /** `noise`: legacy once more, to be held against itself. */
  readonly kind: PairRecord['kind'];
  /** How the served leg ended. */
  readonly served: Observation;
  /**
   * Copies what the mirror needs, later than the call itself, and lets go of the call. Throws what cannot be copied.
   *
   * @param tenant - its own, in memory of its own
   * @param isNow - it starts at once: texts, which nobody can change, need no copies
   */
  toMirror(tenant: string, isNow: boolean): Mirror;
}

/** A leg of a call with arguments of its own, ready to be run. */
export interface Mirror extends Exchange {
  readonly kind: PairRecord['kind'];
  /** Bytes that the copied arguments retain. */
  readonly bytes: number;
  /** What the leg has told about its run so far. */
  readonly facts: ReportedFacts | undefined;
  /** Compares its reply with the served one; undefined: both are only told of. */
  readonly comparer: Comparer | undefined;
  /**
   * Starts the leg with a mirrored context. May throw or return a plain value, as a handler may. The run's signal is
   * asked for only when the leg asks for it.
   */
  start(run: { readonly signal: AbortSignal }): unknown;
  /** What a reply of either leg stands for that is a failure although nothing was thrown; undefined: it is none. */
  failureOf(reply: unknown): Error | undefined;
  readonly waiter: TaskWaiter | undefined;
}
