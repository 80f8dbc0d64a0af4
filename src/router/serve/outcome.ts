import { attempt } from '../../core/attempt.ts';
import { toldOf } from '../../core/call/reported-facts.ts';
import { errorFacts } from '../../core/events/error-facts.ts';
import type { LegFacts } from '../../core/events/events.ts';
import type { Leg } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import { offer } from '../offer/offer.ts';
import { isResponse } from '../replies/is-response.ts';
import { streamKindOf } from '../replies/stream-kind.ts';
import type { Route, RouteHooks } from '../route/route.ts';
import type { CandidateCall } from './candidate-call.ts';
import { endTrace } from './traced.ts';
import { warnUnsendable } from './warn-unsendable.ts';
import { saidYes } from './yes-or-no.ts';

/**
 * Records how a call ended: counters, the sampled duration, the `served` event.
 *
 * @param given - what the leg gave, where `reply` is what was kept of it
 */
export function settle(
  call: Call,
  leg: Leg,
  status: 'fulfilled' | 'rejected',
  reply: unknown,
  given = reply,
): void {
  const { counters, listeners } = call.owner;
  if (leg === 'legacy' && (status === 'rejected' || call.owner.legacyGone)) {
    noticeLegacy(call, status, given);
  } else if (status === 'rejected') warnUnsendable(call.owner, reply);
  call.leg = leg;
  call.status = status;
  call.reply = reply;
  count(status === 'fulfilled' ? counters.served : counters.failed, leg);
  if (call.timer !== undefined || call.trace !== undefined || listeners.served > 0) tell(call);
}

/** Records the end of a call whose caller left before: what its leg made of that tells nothing of the leg. */
export function settleCut(call: Call, leg: Leg): void {
  call.stream = { ...call.stream, cut: true };
  count(call.owner.counters.cut, leg);
  settle(call, leg, 'fulfilled', undefined);
}

/** Records how a call ended, or that it was cut: a leg that gives up since nobody waits any more has not failed. */
export function settleOrCut(
  call: Call,
  leg: Leg,
  status: 'fulfilled' | 'rejected',
  reply: unknown,
): void {
  if (status === 'rejected' && call.callerLeft) settleCut(call, leg);
  else settle(call, leg, status, reply);
}

/** Records when the first chunk of a reply came; what else is told of it is told at its end. */
export function firstChunkCame(call: Call, leg: Leg): void {
  const { timer, time, owner } = call;
  if (timer === undefined) return;
  const firstChunkMs = timer.monotonic() - (time as number);
  call.stream = { firstChunkMs };
  if (timer === owner.clock) owner.counters.firstChunk[leg].record(firstChunkMs);
}

/**
 * What a framework sends is recorded at its end: until then it may still fail, or be cut short. False: nobody observes that, so
 * it is to be recorded now.
 */
export function settleAtEnd(call: CandidateCall, { observe }: RouteHooks, reply: unknown): boolean {
  const comes = observe?.(call.args, reply, {
    ended: () => settle(call, 'candidate', 'fulfilled', reply),
    failed: (reason) => {
      settleOrCut(call, 'candidate', 'rejected', reason);
      if (call.status === 'rejected') offer(call);
    },
    cut: () => settleCut(call, 'candidate'),
  });
  if (comes === 'in pieces') firstChunkCame(call, 'candidate');
  return comes !== undefined;
}

/** By name: an index by a variable is looked up anew each time once several objects pass here. */
function count(counts: Record<Leg, number>, leg: Leg): void {
  if (leg === 'legacy') counts.legacy += 1;
  else counts.candidate += 1;
}

// All apart: what nearly no call needs would keep what each call needs from being compiled in one piece.
function noticeLegacy(call: Call, status: 'fulfilled' | 'rejected', reply: unknown): void {
  if (status === 'rejected') legacyFailed(call.owner, reply);
  else if (call.stream?.cut !== true) legacyAnswered(call.owner, reply);
}

function tell(call: Call): void {
  const { timer, leg } = call;
  const { counters, clock, listeners, tracing } = call.owner;
  if (timer !== undefined) {
    call.time = timer.monotonic() - (call.time as number);
    if (timer === clock) counters.latency[leg].record(call.time);
  }
  if (tracing !== undefined) tellTrace(call);
  if (listeners.served > 0) emitServed(call);
}

function tellTrace(call: Call): void {
  const { status, reply } = call;
  endTrace(call, status === 'fulfilled' ? { status } : { status: 'rejected', reason: reply });
}

function emitServed(call: Call): void {
  const { route, requestId, tenant, stage, fellBack, leg, status, time: durationMs = 0 } = call;
  const facts: LegFacts =
    status === 'fulfilled'
      ? { leg, status, durationMs }
      : { leg, status, durationMs, error: errorFacts(call.reply) };
  // What was told before legacy answered instead is the candidate's.
  const told = fellBack ? {} : toldOf(call.facts);
  const event = { route, requestId, tenant, stage, fellBack, ...facts, ...told, ...call.stream };
  call.owner.reporter.emit('served', event);
}

/** Notices that legacy no longer exists: nothing falls back to it from now on. */
export function legacyFailed(route: Route, error: unknown): void {
  const { name, reporter } = route;
  let gone = false;
  try {
    gone = saidYes(route.isGone(error), 'isGone', { reporter, route: name });
  } catch (failure) {
    reporter.contained('isGone', failure, { route: name });
  }
  if (!gone || route.legacyGone) return;
  route.legacyGone = true;
  // From before that is told: who hears of it and kills has frozen the cutover by that, and has been told so.
  const { state, news } = route.switchboard;
  news.add(() => reporter.emit('gone', { route: name, alive: false, error: errorFacts(error) }));
  if (state.kind === 'killed' && !state.force && state === route.switchboard.state) {
    news.add(() => reporter.emit('rollback', { outcome: 'frozen', reason: state.reason }));
  }
}

/** Notices that a legacy that had gone answers again: a stream that nobody has read from yet is no answer. */
export function legacyAnswered(route: Route, reply: unknown): void {
  if (!route.legacyGone || isUnread(reply) || isRefusal(reply)) return;
  route.legacyGone = false;
  const { name, reporter, switchboard } = route;
  switchboard.news.add(() => reporter.emit('gone', { route: name, alive: true }));
}

function isUnread(reply: unknown): boolean {
  const kind = typeof reply === 'object' && reply !== null ? streamKindOf(reply) : undefined;
  return kind !== undefined && kind !== 'response';
}

/** The `Response` of an error may well be what stands where legacy was. */
function isRefusal(reply: unknown): boolean {
  return attempt(() => (reply as Response).status >= 400 && isResponse(reply)) === true;
}
