import type { TokenUsage } from '../call/token-usage.ts';
import type { Divergence } from '../contracts/comparer.ts';
import type { DropReason, SkipReason, TaskOutcome } from '../contracts/counts.ts';
import type { RolloutStatus } from '../contracts/rollout-state.ts';
import type { StageReason } from '../contracts/stage-source.ts';
import type { Leg, Stage } from '../stage.ts';
import type { ErrorFacts } from './error-facts.ts';

/** The background work that a task belongs to. */
export type LaneName = 'learn' | 'mirror';

/** The callback or operation that failed and was contained. */
export type Operation =
  | 'identify'
  | 'requestId'
  | 'flags.initialize'
  | 'flags.resolve'
  | 'flags.close'
  | 'flags.provider'
  | 'killFile'
  | 'force'
  | 'view'
  | 'snapshot'
  | 'compare'
  | 'pairs'
  | 'budget'
  | 'fallback.when'
  | 'fallback.isFailure'
  | 'isGone'
  | 'learn.filter'
  | 'learn.redact'
  | 'learn.runId'
  | 'engramia.key'
  | 'engramia.learn'
  | 'engramia.import'
  | 'engramia.confirm'
  | 'history'
  | 'handBack'
  | 'waitUntil'
  | 'logger'
  | 'tracing'
  | 'listener';

/** Why a call has the stage it has. */
export type DecisionReason = StageReason | 'forced' | 'killed' | 'frozen' | 'no-tenant' | 'timeout';

interface CallFacts {
  readonly route: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly stage: Stage;
}

/** How a leg ended, in metrics: no text of the reply, and of an error only its name and codes. */
export interface LegFacts {
  readonly leg: Leg;
  readonly status: 'fulfilled' | 'rejected';
  readonly durationMs: number;
  /** Length of the reply's text in Unicode code points; absent when it could not be read. */
  readonly chars?: number;
  /** SHA-256 of the reply's text, hex. */
  readonly sha256?: string;
  /** Names of the tools that were called, in order. */
  readonly tools?: readonly string[];
  /** Tokens that the run used; absent when nobody told. */
  readonly usage?: TokenUsage;
  /** Keys of the patterns that were recalled; absent when nobody told. */
  readonly recalled?: readonly string[];
  readonly error?: ErrorFacts;
}

/** Everything that the library tells, by type. */
export interface CutoverEvents {
  /** A stage was chosen for a call. */
  decided: CallFacts & { readonly leg: Leg; readonly reason: DecisionReason };
  /** The user was answered, or got the served leg's error; for a reply in pieces, once it has ended. */
  served: CallFacts &
    LegFacts & {
      readonly fellBack: boolean;
      /** Milliseconds to the first chunk of a reply that came in pieces; `durationMs` is to its end. */
      readonly firstChunkMs?: number;
      /** The caller left, or wanted no more, before its end: no failure of the leg, whatever that made of it. */
      readonly cut?: true;
    };
  /** The candidate failed and legacy was asked instead. */
  fallback: CallFacts & {
    readonly why: 'error' | 'timeout' | 'failure';
    readonly error?: ErrorFacts;
  };
  /** An exchange was stored, or a near duplicate was there already. */
  learned: CallFacts & {
    readonly leg: Leg;
    readonly outcome: 'stored' | 'deduplicated';
    readonly attempts: number;
    /** The pattern's key, where it is ours to choose: in batches. */
    readonly patternKey?: string;
  };
  /** Both legs have answered the same exchange, or legacy has answered it twice. */
  compared: CallFacts & {
    /** Legacy against itself: `mirrored` is legacy's second run, and `divergence` stands for its noise. */
    readonly noise?: true;
    readonly served: LegFacts;
    readonly mirrored: LegFacts;
    /** What differs; absent when a reply could not be read, or the comparison was not done in time. */
    readonly divergence?: Divergence;
  };
  /** A background task has ended. */
  settled: CallFacts & {
    readonly lane: LaneName;
    readonly outcome: TaskOutcome | SkipReason;
    /** A second run of legacy, for its noise. */
    readonly noise?: true;
    readonly error?: ErrorFacts;
  };
  /** A lane had no room. */
  dropped: { readonly lane: LaneName; readonly reason: DropReason; readonly tenant: string };
  /** A lane's or a scope's delivery stopped, or goes on. `spent`: the shadow's budget is used up, so nothing is mirrored. */
  delivery: {
    readonly lane: LaneName;
    readonly state:
      | 'paused'
      | 'resumed'
      | 'quota'
      | 'forbidden'
      | 'open'
      | 'closed'
      | 'stuck'
      | 'spent';
    readonly scope?: string;
    readonly address?: string;
    /** Whose budget it is about; absent: everybody's. */
    readonly tenant?: string;
    /** Milliseconds until it goes on, where known. */
    readonly forMs?: number;
    /** What the app has to change, where that is known. */
    readonly mend?: string;
  };
  /** The ramp behind the flags stands elsewhere, as far as this process knows: each newer state that it obeys. */
  stage: {
    readonly rollout: string;
    /** Grows with each; not every version is told, the newest always. */
    readonly version: number;
    /** Stage of the tenants outside the percentage. */
    readonly from: Stage;
    /** Stage of those inside it. */
    readonly to: Stage;
    /** 0 to 100. */
    readonly percent: number;
    readonly status: RolloutStatus;
    /** Who made this version: a person as the app named them, or `system`. */
    readonly actor: string;
    /** Why, as the audit trail has it; empty where it could not be read. */
    readonly reason: string;
  };
  /** A gate of the ramp was asked in this process: its first outcome at a step, and whenever that is another. */
  gate: {
    readonly rollout: string;
    /** The version of the ramp that it was asked at. */
    readonly version: number;
    readonly name: string;
    readonly outcome: 'pass' | 'fail' | 'hold' | 'invalid';
    /** What was measured, against what. */
    readonly sentence: string;
  };
  /** The way back was taken at once, or refused because legacy no longer exists. */
  rollback: { readonly outcome: 'killed' | 'frozen' | 'revived'; readonly reason: string };
  /** Legacy answered that it no longer exists; fallback stops. `alive` true: it answers again. */
  gone: { readonly route: string; readonly alive: boolean; readonly error?: ErrorFacts };
  /** A callback of the app, a plug-in or the service failed and was contained. */
  error: {
    readonly operation: Operation;
    readonly route?: string;
    readonly tenant?: string;
    readonly error: ErrorFacts;
  };
}

/** The name of an event. */
export type CutoverEventType = keyof CutoverEvents;

/** The event of one type as listeners get it. */
export type CutoverEventOf<T extends CutoverEventType> = { readonly type: T } & CutoverEvents[T];

/** Any event, told apart by its `type`. */
export type CutoverEvent = { [T in CutoverEventType]: CutoverEventOf<T> }[CutoverEventType];

/** How the rooms tell what happened. Never throws; `wants` is asked first, so that nothing is built for nobody. */
export interface Reporter {
  /** How many listen, by type: what the hot path reads instead of calling `wants`. */
  readonly listeners: Readonly<Record<CutoverEventType, number>>;
  wants(type: CutoverEventType): boolean;
  emit<T extends CutoverEventType>(type: T, event: CutoverEvents[T]): void;
  /** Emits `error`, and warns of each operation of a route at most once a minute. */
  contained(
    operation: Operation,
    error: unknown,
    where?: { route?: string; tenant?: string },
  ): void;
}
