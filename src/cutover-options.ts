import { compareIssues } from './compare/compare-issues.ts';
import type { Subject } from './core/call/subject.ts';
import type { Budget, BudgetOptions } from './core/contracts/budget.ts';
import type { LaneOptions } from './core/contracts/lane.ts';
import type { LegTracing } from './core/contracts/leg-tracing.ts';
import type { PairSink } from './core/contracts/pair-sink.ts';
import type { Transcript } from './core/contracts/transcript.ts';
import type { Logger } from './core/events/logger.ts';
import {
  check,
  having,
  issuesOf,
  type OptionChecks,
  oneOf,
  required,
} from './core/option-checks.ts';
import { type Stage, stageNames } from './core/stage.ts';
import type { Clock } from './core/time/clock.ts';
import type { ScopeSource } from './engramia/learning/scope-source.ts';
import { type KillFileOptions, killFileCheck } from './flags/file/kill-file.ts';
import type { FlagProvider } from './flags/provider.ts';
import type { BackgroundOptions } from './router/offer/background.ts';
import {
  learnIssues,
  type RouteOptions,
  routeChecks,
  sampleIssues,
} from './router/route/route-options.ts';
import { budgetChecks, budgetIssues } from './shadow/budget/budget.ts';

/** What the routes of an app share. */
export interface CutoverOptions {
  /** Who is in which stage: `memoryFlags`, `percentageFlags`, any OpenFeature server provider, … */
  flags: FlagProvider;
  /** The stage when the flag gives no usable answer and never gave one. @default 'off' */
  defaultStage?: Stage | undefined;
  /** Milliseconds that `identify` and the flag may take together when they are asynchronous. @default 50 */
  decideTimeoutMs?: number | undefined;
  /** Overrules the flag for testers and support; a kill overrules it. */
  force?: ((subject: Subject) => Stage | undefined) | undefined;
  /**
   * A file whose existence kills, as `kill()` does, with its first line as the reason, until it is removed: the way back
   * when neither a flag service nor a terminal of the app can be reached. A path, or a path and the milliseconds between
   * two looks. Errors other than "there is no such file" are reported and change nothing. @default pollMs 1_000
   */
  killFile?: string | KillFileOptions | undefined;
  /** Where exchanges are learned: `oneScope(client)` or `keyPerTenant(client, …)`. Absent: nothing is learned. */
  engramia?: ScopeSource | undefined;
  /**
   * Bounds of the two lanes that run off the users' path, and of what mirrored runs may use. A budget of the app's own is
   * asked instead. @default budget: none
   */
  shadow?:
    | {
        learn?: LaneOptions | undefined;
        mirror?: LaneOptions | undefined;
        budget?: BudgetOptions | Budget | undefined;
      }
    | undefined;
  /**
   * Where compared exchanges go, as metrics and hashes, and as words only if the sink redacts them; the counts of what was
   * to be compared and was not go there too. Flushed by `flush()`, closed by `close()`. @default nowhere
   */
  pairs?: PairSink | undefined;
  /**
   * Where served turns are kept, for `context.history()`: `memoryTranscript()`. Calls in stage `off`, and those of a killed
   * cutover, are not.
   *
   * @default nothing is kept
   */
  transcript?: Transcript | undefined;
  /** Follows legs as they run, both the answering and the mirrored: `openTelemetry()`. @default none */
  tracing?: LegTracing | undefined;
  /** How shadow work relates to the caller's response. @default { mode: 'detached' } */
  background?: BackgroundOptions | undefined;
  /** Where warnings go; they are limited to one a minute and kind. @default `process.emitWarning` */
  logger?: Logger | undefined;
  /** When it aborts, the cutover closes: calls are still served, nothing more is offered to the shadow. */
  signal?: AbortSignal | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
  /** A seam for tests, for sampling and jitter. @default Math.random */
  random?: (() => number) | undefined;
}

const laneChecks: OptionChecks = {
  maxCount: check.count,
  maxBytes: check.count,
  concurrency: check.count,
  deadlineMs: check.milliseconds,
  maxAgeMs: check.milliseconds,
  tenantShare: {
    test: (value) => typeof value === 'number' && value > 0 && value <= 1,
    must: 'be a number above 0 and up to 1',
  },
};

const cutoverChecks: OptionChecks = {
  flags: required({
    test: (flags) =>
      having('resolveStringEvaluation').test(flags) &&
      typeof (flags as Partial<FlagProvider>).metadata?.name === 'string',
    must: 'be a flag provider, memoryFlags() or rolloutFlags(rollout) say, or one with metadata.name and resolveStringEvaluation()',
  }),
  defaultStage: oneOf(...stageNames),
  decideTimeoutMs: check.milliseconds,
  force: check.function,
  killFile: killFileCheck,
  engramia: {
    test: having('targetOf').test,
    must: 'be oneScope(client) or keyPerTenant(client, tenant => key): a bare client does not say whose memory is shared',
  },
  shadow: {
    learn: laneChecks,
    mirror: laneChecks,
    budget: { ...check.object, within: budgetChecks },
  },
  pairs: having('add', 'missed'),
  transcript: having('append', 'history', 'erase'),
  tracing: having('begin'),
  background: {
    mode: required(oneOf('detached', 'waitUntil', 'await')),
    waitUntil: check.function,
    deadlineMs: {
      test: (value) => typeof value === 'function' || check.milliseconds.test(value),
      must: `${check.milliseconds.must}, or a function that gives one`,
    },
  },
  logger: having('warn'),
  signal: check.signal,
  clock: check.clock,
  random: check.function,
};

/** The part of combined options that belongs to the route, or the part that does not. */
function part<T extends object>(options: T, ofRoute: boolean): T {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.filter(([name]) => Object.hasOwn(routeChecks, name) === ofRoute),
  ) as T;
}

/** The route's part of options that were given as one object. */
export function routePart<T extends object>(options: T): T {
  return part(options, true);
}

/** The part of options given as one object that all routes share. */
export function sharedPart<T extends object>(options: T): T {
  return part(options, false);
}

/** Every issue of the options that routes share. What is one route's is told of once, by where it belongs. */
export function cutoverIssues(options: unknown): string[] {
  const own = typeof options === 'object' && options !== null ? sharedPart(options) : options;
  return [...issuesOf(own, cutoverChecks), ...budgetIssuesOf(options), ...misplacedIssues(options)];
}

const namesOf = (options: unknown): string[] =>
  typeof options === 'object' && options !== null ? Object.keys(options) : [];

/** What was given to all routes though it is one route's; empty when nothing was. */
function misplacedIssues(options: unknown): string[] {
  const names = namesOf(options).filter((name) => Object.hasOwn(routeChecks, name));
  if (names.length === 0) return [];
  return [
    `give a route’s own options (${names.join(', ')}) to handler() or stream() of what it makes, or all options to createCutoverHandler()`,
  ];
}

/** What was given to one route though all routes share it; empty when nothing was. */
export function sharedIssues(options: unknown): string[] {
  const names = namesOf(options).filter((name) => Object.hasOwn(cutoverChecks, name));
  return names.length === 0
    ? []
    : [`give what all routes share (${names.join(', ')}) to createCutover()`];
}

function budgetIssuesOf(options: unknown): string[] {
  const { shadow } = (options ?? {}) as { shadow?: { budget?: unknown } | null };
  return budgetIssues(shadow?.budget, 'shadow.budget.');
}

/** Every issue of a route's `compare` options; `true` and `false` have none. */
export function compareIssuesOf(options: unknown): string[] {
  const compare = (options as { compare?: unknown } | null | undefined)?.compare;
  return typeof compare === 'object' && compare !== null ? compareIssues(compare) : [];
}

/** A ramp moves tenants, and looks for those that it moved in what it is shown. */
export function targetingIssues(
  options: unknown,
  flags: Partial<FlagProvider> | undefined,
): string[] {
  const { targeting } = (options ?? {}) as Partial<RouteOptions>;
  if (targeting !== 'user' || flags?.onRamp === undefined) return [];
  return [
    "targeting must be 'tenant' with a rollout: its overrides and its evidence are of tenants",
  ];
}

/** Every issue of the shared options and one route's, given as one object. */
export function handlerIssues(options: unknown, rules = routeChecks): string[] {
  return [
    ...issuesOf(options, { ...cutoverChecks, ...rules }),
    ...budgetIssuesOf(options),
    ...learnIssues(options),
    ...sampleIssues(options),
    ...compareIssuesOf(options),
    ...targetingIssues(options, (options as Partial<CutoverOptions> | null | undefined)?.flags),
  ];
}
