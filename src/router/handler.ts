import { isThenable } from '../core/call/observation.ts';
import type { Subject } from '../core/call/subject.ts';
import type { DecisionReason } from '../core/events/events.ts';
import type { Leg, Stage } from '../core/stage.ts';
import { Call, type Caller } from './call.ts';
import {
  awaitFlag,
  type CallDecision,
  type Chosen,
  decide,
  decideLater,
  nobodys,
  overruled,
  tenantOf,
  undecided,
} from './decide.ts';
import { allAsGiven } from './offer/as-given.ts';
import { mirroredLeg } from './route/mirrored-leg.ts';
import type { Route } from './route/route.ts';
import { RouteCounters } from './route/route-counters.ts';
import { CandidateCall } from './serve/candidate-call.ts';
import { invoke } from './serve/invoke.ts';
import { serveCandidate } from './serve/serve-candidate.ts';
import { serveLegacy, serveUnobserved } from './serve/serve-legacy.ts';

/** What would happen to a call, or did. */
export interface Decision {
  /** Whose call it is; undefined: nobody could say. */
  readonly tenant: string | undefined;
  /** The stage that the call has, and all below follows from. */
  readonly stage: Stage;
  /** The leg that answers. */
  readonly leg: Leg;
  /** The leg that also runs in the shadow; undefined: none, also where it is not declared safe. */
  readonly mirrors: Leg | undefined;
  /** Whether the exchange is learned. */
  readonly learns: boolean;
  /** Whether legacy answers when the candidate fails. */
  readonly fallback: boolean;
  /** Why the call has this stage. */
  readonly reason: DecisionReason;
}

/** One call in 64 is timed: reading the clock twice costs as much as hashing the tenant. */
const timingMask = 63;

/**
 * Serves one call: identify, decide, serve, offer. Synchronous up to the leg when subject and flag are, so that the leg
 * starts in the caller's tick.
 */
export function serve(
  route: Route,
  self: unknown,
  args: unknown[],
  init: Caller | undefined,
): Promise<unknown> {
  route.counters.calls += 1;
  let subject: unknown;
  let tenant: string | undefined;
  try {
    subject = invoke(route.identify, self, args);
    if (isThenable(subject))
      return serveLater(route, decideLater(route, subject), self, args, init);
    tenant = tenantOf(subject);
  } catch (error) {
    route.reporter.contained('identify', error, { route: route.name });
    return serveLeg(route, undecided(route, 'identify'), self, args, init);
  }
  if (tenant === undefined) {
    return serveLeg(route, nobodys(route, subject), self, args, init);
  }
  const known = subject as Subject;
  const chosen = decide(route, tenant, known);
  return chosen instanceof Promise
    ? serveLater(route, awaitFlag(route, tenant, known, chosen), self, args, init)
    : serveKnown(route, chosen, tenant, known, self, args, init);
}

async function serveLater(
  route: Route,
  deciding: Promise<CallDecision>,
  self: unknown,
  args: unknown[],
  init: Caller | undefined,
): Promise<unknown> {
  return serveLeg(route, overruled(route, await deciding), self, args, init);
}

function serveLeg(
  route: Route,
  { chosen, tenant, subject }: CallDecision,
  self: unknown,
  args: unknown[],
  init: Caller | undefined,
): Promise<unknown> {
  return serveKnown(route, chosen, tenant, subject, self, args, init);
}

function serveKnown(
  route: Route,
  chosen: Chosen,
  tenant: string,
  subject: Subject,
  self: unknown,
  args: unknown[],
  init: Caller | undefined,
): Promise<unknown> {
  const { counters, listeners } = route;
  const { plan } = chosen;
  counters.stages[plan.order] = (counters.stages[plan.order] as number) + 1;
  counters.decided += 1;
  // What most calls are: nobody listens, nothing is timed. All else is apart, so that this stays small.
  const isWatched =
    (counters.decided & timingMask) === 1 ||
    route.watches[plan.order] === true ||
    listeners.served > 0 ||
    listeners.decided > 0;
  if (plan.order === 0 && !isWatched) return serveUnobserved(route, self, args);
  if (plan.serves === 'candidate') {
    const call = new CandidateCall(route, chosen, tenant, subject, self, args, init);
    if (isWatched) watch(call);
    return serveCandidate(call);
  }
  const call = new Call(route, chosen, tenant, subject, self, args, init);
  if (isWatched) watch(call);
  return serveLegacy(call);
}

/** Begins what is told of a call: its time, its delivery, its decision. */
function watch(call: Call): void {
  const { owner: route, plan } = call;
  const isMirrored = mirroredLeg(route, plan) !== undefined;
  if (isMirrored && route.compares) call.given = allAsGiven(call.args);
  const timer = timerOf(route, isMirrored);
  // Of a reply that legacy writes somewhere else unobserved there is no end to be timed.
  const observed = route.hooks?.decided?.(call.args, plan) !== false || plan.serves === 'candidate';
  if (timer !== undefined && observed) {
    call.timer = timer;
    call.time = timer.monotonic();
  }
  if (route.listeners.decided > 0) emitDecided(call);
}

/** One call in 64 is timed exactly, all of them when somebody listens; a pair is timed by the turn. */
function timerOf(route: Route, isMirrored: boolean): Call['timer'] {
  const { counters, listeners, clock, turnClock } = route;
  if ((counters.decided & timingMask) === 1 || listeners.served > 0) return clock;
  return isMirrored ? turnClock : undefined;
}

function emitDecided(call: Call): void {
  const { route, requestId, tenant, stage, leg } = call;
  const { reason } = call.chosen;
  call.owner.reporter.emit('decided', { route, requestId, tenant, stage, leg, reason });
}

/** What would happen to a call with these arguments. Runs neither leg. */
export async function explain(route: Route, self: unknown, args: unknown[]): Promise<Decision> {
  const unseen = { ...route, counters: new RouteCounters() };
  const { tenant, chosen } = overruled(unseen, await decided(unseen, self, args));
  const { stage, plan, reason } = chosen;
  return {
    tenant: tenant === '' ? undefined : tenant,
    stage,
    leg: plan.serves,
    mirrors: mirroredLeg(route, plan),
    learns: plan.learns && route.learnLane !== undefined,
    fallback: plan.fallback,
    reason,
  };
}

async function decided(route: Route, self: unknown, args: unknown[]): Promise<CallDecision> {
  let subject: unknown;
  let tenant: string | undefined;
  try {
    subject = invoke(route.identify, self, args);
    if (isThenable(subject)) return decideLater(route, subject);
    tenant = tenantOf(subject);
  } catch (error) {
    route.reporter.contained('identify', error, { route: route.name });
    return undecided(route, 'identify');
  }
  if (tenant === undefined) return nobodys(route, subject);
  const known = subject as Subject;
  const chosen = decide(route, tenant, known);
  return chosen instanceof Promise
    ? awaitFlag(route, tenant, known, chosen)
    : { tenant, subject: known, chosen };
}
