import { attempt } from '../../core/attempt.ts';
import { isShadowSafe } from '../../core/call/shadow-safe.ts';
import type { Subject } from '../../core/call/subject.ts';
import type { CompareOptions } from '../../core/contracts/compare-options.ts';
import type { Comparer } from '../../core/contracts/comparer.ts';
import type { Conversations } from '../../core/contracts/conversations.ts';
import type {
  LearnPolicy,
  MirrorableExchange,
  ServedExchange,
} from '../../core/contracts/exchange.ts';
import type { Lane } from '../../core/contracts/lane.ts';
import type { LegTracing } from '../../core/contracts/leg-tracing.ts';
import type { StageSource } from '../../core/contracts/stage-source.ts';
import type { Reporter } from '../../core/events/events.ts';
import { type Plan, type Stage, stageNames, stages } from '../../core/stage.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Background } from '../offer/background.ts';
import { bodyView } from '../replies/body-view.ts';
import { exchangeView, isCaptured } from '../replies/exchange-view.ts';
import { defaultMaxReplyBytes } from '../replies/reply-limit.ts';
import { isFailureByDefault } from '../replies/value-view.ts';
import { whyUnread } from '../replies/why-unread.ts';
import { Deadlines } from '../serve/deadlines.ts';
import { isGoneByDefault } from '../serve/gone.ts';
import { invokable } from '../serve/invoke.ts';
import { candidateIsLate } from '../serve/serve-candidate.ts';
import { unobservedEnds } from '../serve/serve-legacy.ts';
import { TurnClock } from '../serve/turn-clock.ts';
import type { Switchboard } from '../switchboard.ts';
import { layoutsOf } from './layouts.ts';
import type { AnyFunction, Route, RouteHooks } from './route.ts';
import { RouteCounters } from './route-counters.ts';
import {
  type FallbackOptions,
  flagKeyOf,
  type LearnOptions,
  type RouteOptions,
} from './route-options.ts';

/** What all routes of an app share. */
export interface Surroundings {
  readonly force: ((subject: Subject) => Stage | undefined) | undefined;
  readonly decideTimeoutMs: number;
  readonly learnLane: Lane<ServedExchange> | undefined;
  readonly mirrorLane: Lane<MirrorableExchange>;
  readonly background: Background | undefined;
  /** Whether served turns are kept. */
  readonly keepsTurns: boolean;
  /** Undefined where turns are neither kept nor handed back. */
  readonly conversationsOf: (handsBack: boolean) => Conversations | undefined;
  readonly tracing: LegTracing | undefined;
  readonly flagProvider: string;
  readonly switchboard: Switchboard;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly redact: (text: string) => string;
  readonly comparerOf: (options: CompareOptions, route: string) => Comparer;
  readonly warnOnce: (code: string, message: string, about: string) => void;
}

/** A served candidate's time, where the app sets none. */
const defaultAfterMs = 60_000;

const whenAllowed: Record<'never' | 'when-uncommitted', boolean> = {
  never: false,
  'when-uncommitted': true,
};

/** Applies every default once, so that the hot path has none to apply. */
export function createRoute(
  options: RouteOptions<never[], unknown>,
  source: StageSource,
  around: Surroundings,
  hooks?: RouteHooks,
): Route {
  const { fallback = {} } = options;
  const { afterMs = defaultAfterMs } = fallback as FallbackOptions;
  const { redact, comparerOf, conversationsOf, ...shared } = around;
  const { compare = true } = options;
  const compares = compare !== false;
  const mirrors = {
    candidate: compares && isShadowSafe(options.candidate),
    legacy: compares && options.legacyShadow !== undefined,
  };
  const conversations = conversationsOf(options.handBack !== undefined);
  const learnLane = options.learn === false ? undefined : around.learnLane;
  const route: Route = {
    ...shared,
    listeners: around.reporter.listeners,
    ...unobservedEnds(() => route),
    name: options.name,
    flagKey: flagKeyOf(options),
    legacy: invokable(options.legacy),
    candidate: invokable(options.candidate as AnyFunction),
    identify: invokable(options.identify),
    legacyShadow: options.legacyShadow && invokable(options.legacyShadow as AnyFunction),
    snapshot: options.snapshot as Route['snapshot'],
    fallback: fallbackOf(fallback),
    deadlines:
      afterMs === false ? undefined : new Deadlines(afterMs, around.clock, candidateIsLate),
    afterMs: afterMs === false ? Number.POSITIVE_INFINITY : afterMs,
    isGone: options.isGone ?? isGoneByDefault,
    mirrorShare: options.sample?.mirror ?? 1,
    noiseShare: options.sample?.noise ?? 0,
    mirrors,
    compares,
    comparer: compares ? comparerOf(compare === true ? {} : compare, options.name) : undefined,
    learning: learnPolicy(options, redact, hooks),
    maxReplyBytes: options.maxReplyBytes ?? defaultMaxReplyBytes,
    conversations,
    handBack: options.handBack,
    source,
    learnLane,
    hooks,
    turnClock: new TurnClock(around.clock),
    counters: new RouteCounters(),
    watches: watchesOf(mirrors, hooks !== undefined || around.tracing !== undefined),
    follows: stageNames.map((stage) =>
      isFollowed(stages[stage], { conversations, learnLane, mirrors, compares }),
    ),
    legacyGone: false,
    layouts: [],
  };
  route.layouts.push(...layoutsOf(route));
  return route;
}

function fallbackOf({ when = 'when-uncommitted', isFailure }: FallbackOptions): Route['fallback'] {
  return {
    allows: typeof when === 'function' ? when : whenAllowed[when],
    isFailure: (isFailure as Route['fallback']['isFailure']) ?? isFailureByDefault,
  };
}

/** Whether something is done with a call of this stage after it was served. */
function isFollowed(
  plan: Plan,
  route: Pick<Route, 'conversations' | 'learnLane' | 'mirrors' | 'compares'>,
): boolean {
  const { conversations, learnLane, mirrors, compares } = route;
  if (conversations !== undefined) return true;
  return (plan.learns && learnLane !== undefined) || mayMirror(plan, mirrors, compares);
}

/** Also where it only tells that the candidate may not run in the shadow. */
function mayMirror({ mirrors: leg }: Plan, mirrors: Route['mirrors'], compares: boolean): boolean {
  return compares && leg !== undefined && (leg === 'candidate' || mirrors[leg]);
}

function watchesOf(mirrors: Route['mirrors'], all: boolean): readonly boolean[] {
  return stageNames.map((stage) => {
    const leg = stages[stage].mirrors;
    return all || (leg !== undefined && mirrors[leg]);
  });
}

function learnPolicy(
  options: RouteOptions<never[], unknown>,
  redact: (text: string) => string,
  hooks: RouteHooks | undefined,
): LearnPolicy {
  const learn: LearnOptions = options.learn || {};
  const reading = {
    hasView: hooks === undefined ? options.view !== undefined : hooks.hasView === true,
    isFailure: options.fallback?.isFailure as ((reply: unknown) => unknown) | undefined,
  };
  return {
    via: learn.via ?? 'learn',
    // The guide's scores: 5.0 for what its background task learns, 7.0 for what its run hooks learn.
    evalScore: { legacy: learn.evalScore?.legacy ?? 5, candidate: learn.evalScore?.candidate ?? 7 },
    maxTaskChars: learn.maxTaskChars ?? 2000,
    maxCodeChars: learn.maxCodeChars ?? 8000,
    minTaskChars: learn.minTaskChars ?? 8,
    filter: learn.filter,
    redact: learn.redact ?? redact,
    runId: learn.runId,
    view: viewOf(options, hooks),
    whyUnread: (reply, seen) => whyUnread(reply, seen, reading),
  };
}

/**
 * A stream is read from what was kept of it; any other reply as it is, unless the app takes it for a failure. An adapter that
 * delivers replies reads them too.
 */
function viewOf(
  options: RouteOptions<never[], unknown>,
  hooks: RouteHooks | undefined,
): LearnPolicy['view'] {
  const own = options.view as LearnPolicy['view'] | undefined;
  const isFailure = options.fallback?.isFailure as ((reply: unknown) => unknown) | undefined;
  const view = own ?? bodyView;
  if (hooks !== undefined) return view;
  return (reply) => {
    if (isCaptured(reply)) return exchangeView(reply, own);
    return isFailure !== undefined && attempt(() => isFailure(reply)) === true
      ? undefined
      : view(reply);
  };
}
