import type { Subject } from '../../core/call/subject.ts';
import type { Comparer } from '../../core/contracts/comparer.ts';
import type { Conversations, HandBack } from '../../core/contracts/conversations.ts';
import type {
  Exchange,
  LearnPolicy,
  MirrorableExchange,
  ServedExchange,
} from '../../core/contracts/exchange.ts';
import type { Lane } from '../../core/contracts/lane.ts';
import type { LegTracing } from '../../core/contracts/leg-tracing.ts';
import type { StageSource } from '../../core/contracts/stage-source.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Leg, Plan, Stage } from '../../core/stage.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Background } from '../offer/background.ts';
import type { EndObserver } from '../replies/stream-tap.ts';
import type { CandidateCall } from '../serve/candidate-call.ts';
import type { Deadlines } from '../serve/deadlines.ts';
import type { TurnClock } from '../serve/turn-clock.ts';
import type { Switchboard } from '../switchboard.ts';
import type { RouteCounters } from './route-counters.ts';

/** A function of the app, called with arguments that only its own types know. */
export type AnyFunction = (...args: never[]) => unknown;

/** What an adapter adds to a route: when its framework, and not a return value, delivers the reply. */
export interface RouteHooks {
  /** Told in the tick in which the leg starts what the plan wants of the reply. False: its delivery is not observed. */
  decided?(args: unknown[], plan: Plan): boolean;
  /** Has an observer told how the candidate's reply ends, in the place of `settle`; undefined: it ends here. */
  observe?(
    args: unknown[],
    reply: unknown,
    observer: EndObserver,
  ): 'in pieces' | 'whole' | undefined;
  /** Whether the app reads replies by a `view` of its own: the route's is the adapter's. */
  readonly hasView?: boolean;
  /** The reply as it was delivered, for the shadow; rejects when the delivery was cut short. */
  delivered?(args: unknown[], reply: unknown): Promise<unknown>;
}

/** A route with everything decided: what the hot path reads, without a default left to apply. */
export interface Route {
  readonly name: string;
  readonly legacy: AnyFunction;
  readonly candidate: AnyFunction;
  readonly identify: AnyFunction;
  readonly legacyShadow: AnyFunction | undefined;
  readonly snapshot: ((args: unknown[]) => unknown[]) | undefined;
  readonly fallback: {
    readonly allows: ((reason: unknown, exchange: Exchange) => boolean) | boolean;
    readonly isFailure: (reply: unknown) => boolean;
  };
  /** Undefined: a served candidate may take as long as it likes. */
  readonly deadlines: Deadlines<CandidateCall> | undefined;
  readonly afterMs: number;
  readonly isGone: (reason: unknown) => boolean;
  readonly mirrorShare: number;
  /** Share of the mirrored stage's calls that legacy answers twice; 0 without a `legacyShadow`. */
  readonly noiseShare: number;
  /** Which legs may run in the shadow: the candidate if it is declared safe, legacy if the app gave a `legacyShadow`. */
  readonly mirrors: Readonly<Record<Leg, boolean>>;
  /** Whether the app wants anything of this route mirrored. */
  readonly compares: boolean;
  /** Undefined: the app wants nothing compared. */
  readonly comparer: Comparer | undefined;
  readonly learning: LearnPolicy;
  /** Bytes of a stream that are kept to be learned or compared. */
  readonly maxReplyBytes: number;
  readonly source: StageSource;
  /** What the source asks, and whom: for who traces. */
  readonly flagKey: string;
  readonly flagProvider: string;
  readonly force: ((subject: Subject) => Stage | undefined) | undefined;
  readonly decideTimeoutMs: number;
  /** Undefined: nothing of this route is learned. */
  readonly learnLane: Lane<ServedExchange> | undefined;
  readonly mirrorLane: Lane<MirrorableExchange>;
  readonly background: Background | undefined;
  /** Undefined: no turns are kept, and none handed back. */
  readonly conversations: Conversations | undefined;
  /** Whether turns are kept, not only handed back. */
  readonly keepsTurns: boolean;
  /** Undefined: the old side wants no turns back. */
  readonly handBack: HandBack | undefined;
  readonly hooks: RouteHooks | undefined;
  /** Undefined: no leg is traced. */
  readonly tracing: LegTracing | undefined;
  readonly switchboard: Switchboard;
  readonly counters: RouteCounters;
  readonly reporter: Reporter;
  /** The reporter's own, one look nearer. */
  readonly listeners: Reporter['listeners'];
  readonly clock: Clock;
  /** Cheaper, and right to within a turn of the event loop. */
  readonly turnClock: TurnClock;
  readonly random: () => number;
  /** Warns once per code and route. */
  readonly warnOnce: (code: string, message: string, about: string) => void;
  /** What follows the reply of a call that nobody watches; gives the reply back. */
  readonly onReply: (reply: unknown) => unknown;
  /** What follows its failure; throws the reason again. */
  readonly onFailure: (reason: unknown) => never;
  /** By a stage's order: whether each call is timed or traced, or somebody else delivers its reply, whoever listens. */
  readonly watches: readonly boolean[];
  /** By a stage's order: whether anything is to become of an answered call, in the shadow or of a conversation. */
  readonly follows: readonly boolean[];
  /** Whether legacy answered that it no longer exists. */
  legacyGone: boolean;
  /** What keeps the code that was compiled for this route's calls. */
  readonly layouts: object[];
}
