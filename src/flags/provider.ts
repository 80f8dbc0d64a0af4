import type { RampListener } from '../core/contracts/ramp-listener.ts';

/** A value that a flag provider can target. */
export type EvaluationContextValue =
  | string
  | number
  | boolean
  | null
  | Date
  | { [key: string]: EvaluationContextValue }
  | EvaluationContextValue[];

/**
 * Whose flag is asked for. An intersection, because an optional key beside an index signature is an error for whoever
 * compiles without `exactOptionalPropertyTypes`.
 */
export type EvaluationContext = {
  /** The tenant. */
  readonly targetingKey?: string;
} & {
  /** `user`, and the attributes of the call's subject. */
  readonly [attribute: string]: EvaluationContextValue;
};

/** What a provider answers: OpenFeature's resolution details of a string flag. */
export interface FlagResolution {
  /** A stage's name. Anything else counts as a failed evaluation. */
  readonly value: string;
  readonly variant?: string;
  /** Why, in OpenFeature's words. `ERROR` counts as a failed evaluation. */
  readonly reason?: string;
  /** Present: the evaluation failed, and the last good answer holds; `inProcess`, the default stage. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

/** The logger that OpenFeature providers expect to be handed. */
export interface FlagLogger {
  error(...facts: unknown[]): void;
  warn(...facts: unknown[]): void;
  info(...facts: unknown[]): void;
  debug(...facts: unknown[]): void;
}

/** Where a provider tells of its own changes: the part of OpenFeature's emitter that is used. */
export interface FlagProviderEvents {
  addHandler(eventType: string, handler: (details?: unknown) => unknown): void;
  removeHandler(eventType: string, handler: (details?: unknown) => unknown): void;
}

/**
 * Who is in which stage: the string part of OpenFeature's server `Provider`, so that any OpenFeature provider fits as it
 * is. It may throw or reject; the last good answer then holds, or with `inProcess` the default stage.
 */
export interface FlagProvider {
  readonly metadata: { readonly name: string };
  /**
   * Answers synchronously from memory and is cheap: asked on every call, its answers are never cached. Others are asked
   * at most once in 5 seconds for the same tenant, user and attributes.
   * @default false
   */
  readonly inProcess?: boolean;
  /** Emits `PROVIDER_CONFIGURATION_CHANGED` when what was answered before may no longer be true. */
  readonly events?: FlagProviderEvents;
  /**
   * Tells of the ramp behind the flags until it is disposed, for providers that have one: what a cutover emits as `stage` and
   * `gate`. Called once a cutover.
   */
  onRamp?(listener: RampListener): Disposable;
  /** The stage of `context.targetingKey`; a flag that is not known gives `defaultValue`, or an error. */
  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
    logger: FlagLogger,
  ): FlagResolution | Promise<FlagResolution>;
  /** Called before the first evaluation; called again at a later one when it failed, unless its error's code is `PROVIDER_FATAL`. */
  initialize?(context?: EvaluationContext): void | Promise<void>;
  /** Called once, when the cutover closes. */
  onClose?(): void | Promise<void>;
}
