import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';
import { errorFacts } from '../../core/events/error-facts.ts';
import type { Leg } from '../../core/stage.ts';
import { offerToShadow } from '../offer/offer.ts';
import { abandonReply } from '../replies/abandon-reply.ts';
import { Beginning } from '../replies/beginning.ts';
import { FailedReply } from '../replies/failed-reply.ts';
import { isResponse } from '../replies/is-response.ts';
import { headOf } from '../replies/response-head.ts';
import { type StreamKind, streamKindOf } from '../replies/stream-kind.ts';
import type { CandidateCall } from './candidate-call.ts';
import { chain } from './chain.ts';
import { couldFallBack, isFailure, mayFallBack } from './fallback.ts';
import { settleAtEnd, settleOrCut } from './outcome.ts';
import { runCandidate, runLegacy } from './run-leg.ts';
import { StreamDelivery } from './stream-delivery.ts';
import { endTrace } from './traced.ts';
import { warnUnsendable } from './warn-unsendable.ts';

type Why = 'error' | 'timeout' | 'failure';

/**
 * Answers with the candidate. One promise settles for it, for its deadline and for legacy in its place, whichever is
 * first: nothing here awaits the candidate, so nothing has to wait for one that hangs.
 */
export function serveCandidate(call: CandidateCall): Promise<unknown> {
  const reply = new Promise((resolve, reject) => {
    call.resolve = resolve;
    call.reject = reject;
  });
  start(call);
  return reply;
}

function start(call: CandidateCall): void {
  let reply: unknown;
  try {
    reply = runCandidate(call);
    if (isThenable(reply)) {
      call.owner.deadlines?.add(call);
      chain(reply, onReply.bind(call), onFailure.bind(call));
      return;
    }
  } catch (error) {
    failed(call, 'error', error);
    return;
  }
  answered(call, reply, false);
}

// Bound, since two bound functions cost a call half of what two closures and the context that they share do.
function onReply(this: CandidateCall, reply: unknown): void {
  answered(this, reply, true);
}

function onFailure(this: CandidateCall, reason: unknown): void {
  failed(this, 'error', reason);
}

// Apart from objects, which may be streams: what most replies need is small enough to be compiled in one piece.
function answered(call: CandidateCall, reply: unknown, isTimed: boolean): void {
  if (typeof reply === 'object' && reply !== null) answeredByObject(call, reply, isTimed);
  else if (call.run !== 'superseded') answeredWhole(call, reply);
}

function answeredWhole(call: CandidateCall, reply: unknown): void {
  if (isFailure(call, reply)) failed(call, 'failure', reply);
  else finish(call, 'candidate', 'fulfilled', reply);
}

function answeredByObject(call: CandidateCall, reply: object, isTimed: boolean): void {
  if (call.owner.hooks !== undefined) {
    if (call.run !== 'superseded') answeredWhole(call, reply);
    return;
  }
  if (call.run === 'superseded') {
    abandonReply(reply);
    return;
  }
  const kind = streamKindOf(reply);
  if (kind === undefined) answeredWhole(call, reply);
  else if (isFailure(call, reply)) failed(call, 'failure', reply);
  else answeredByStream(call, reply, kind, isTimed);
}

/** As long as legacy may answer in its place, a stream is handed over only when it is under way. */
function answeredByStream(
  call: CandidateCall,
  reply: object,
  kind: StreamKind,
  isTimed: boolean,
): void {
  const waits = couldFallBack(call);
  const delivery = new StreamDelivery(call, 'candidate', reply, kind, waits);
  if (!waits || delivery.tap === undefined) {
    flow(call, delivery);
    return;
  }
  const { tap } = delivery;
  call.abandon = () => tap.abandon();
  if (!isTimed) call.owner.deadlines?.add(call);
  // Nobody else has the stream yet: a client that leaves now leaves it to us.
  const unfollow = call.init?.whenLeft?.(() => {
    delivery.cut();
    tap.abandon();
  });
  const beginning = new Beginning(typeOf(reply));
  tap.first(beginning).then(
    (hasChunk) => {
      unfollow?.();
      if (call.run === 'superseded') return;
      const hasFailed = beginning.hasFailed || (!hasChunk && promisesAnswer(call, reply));
      if (hasFailed && mayFallBack(call, reply)) {
        fallBack(call, 'failure', reply);
        return;
      }
      if (hasChunk) delivery.begun();
      flow(call, delivery);
    },
    (reason) => {
      unfollow?.();
      if (call.run === 'superseded') return;
      failed(call, 'error', reason);
      call.abort(reason);
    },
  );
}

/** Undefined: nobody has said it. */
const typeOf = (reply: object): string | undefined =>
  isResponse(reply) ? headOf(reply).contentType : undefined;

/** A stream that is over before its first chunk has no answer: a model that is down looks so behind many a library. */
const promisesAnswer = ({ init }: CandidateCall, reply: object): boolean =>
  init?.wantsHeadAlone !== true && (!isResponse(reply) || reply.status === 200);

/** Past the first chunk no other leg answers: the deadline is over, the caller's signal is not. */
function flow(call: CandidateCall, delivery: StreamDelivery): void {
  call.abandon = undefined;
  call.run = 'flowing';
  call.owner.deadlines?.remove(call);
  call.resolve(delivery.handOver());
}

function failed(call: CandidateCall, why: Why, reason: unknown): void {
  if (call.run === 'superseded') return;
  if (mayFallBack(call, reason)) fallBack(call, why, reason);
  else if (why === 'failure') finishAsFailed(call, reason);
  else finish(call, 'candidate', 'rejected', reason);
}

/** The deadline has passed: legacy answers if it may; else the candidate is asked to stop, and still waited for. */
export function candidateIsLate(call: CandidateCall): void {
  const scope = call.scope ?? call.init?.scope;
  if (scope === undefined) giveUpWaiting(call);
  else scope.runInAsyncScope(giveUpWaiting, undefined, call);
}

function giveUpWaiting(call: CandidateCall): void {
  if (call.run !== 'open') return;
  const { name, afterMs } = call.owner;
  const late = new CutoverError(
    'ERR_CUTOVER_DEADLINE',
    `The candidate of route "${name}" did not settle within ${afterMs} ms.`,
  );
  if (mayFallBack(call, late)) fallBack(call, 'timeout', late);
  call.abort(late);
}

function fallBack(call: CandidateCall, why: Why, reason: unknown): void {
  const { counters, deadlines, reporter, tracing } = call.owner;
  call.run = 'superseded';
  counters.fallbacks += 1;
  deadlines?.remove(call);
  call.abandon?.();
  if (why === 'error') warnUnsendable(call.owner, reason);
  if (why === 'failure' && call.owner.hooks === undefined) abandonReply(reason);
  if (reporter.listeners.fallback > 0) {
    const { route, requestId, tenant, stage } = call;
    const told = why === 'failure' ? {} : { error: errorFacts(reason) };
    reporter.emit('fallback', { route, requestId, tenant, stage, why, ...told });
  }
  if (tracing !== undefined) endTrace(call, { status: 'rejected', reason, fallback: why });
  void answerInstead(call);
  // It has returned, and whatever it began for that goes on. Of one that threw nothing is left that it had not let go of itself.
  if (why === 'failure') call.abort(new FailedReply(reason));
}

async function answerInstead(call: CandidateCall): Promise<void> {
  let reply: unknown;
  try {
    reply = runLegacy(call);
    if (isThenable(reply)) reply = await reply;
  } catch (error) {
    finish(call, 'legacy', 'rejected', error);
    return;
  }
  const kind = legacyStreamOf(call, reply);
  if (kind === undefined) {
    finish(call, 'legacy', 'fulfilled', reply);
    return;
  }
  call.aborting?.unfollow();
  call.resolve(new StreamDelivery(call, 'legacy', reply as object, kind, false).handOver());
}

/** Undefined: a reply in one piece, or one that a framework delivers. */
function legacyStreamOf(call: CandidateCall, reply: unknown): StreamKind | undefined {
  if (typeof reply !== 'object' || reply === null || call.owner.hooks !== undefined)
    return undefined;
  return streamKindOf(reply);
}

function finish(
  call: CandidateCall,
  leg: Leg,
  status: 'fulfilled' | 'rejected',
  reply: unknown,
): void {
  endRun(call, leg);
  const { hooks } = call.owner;
  const isOwn = leg === 'candidate' && status === 'fulfilled';
  if (hooks === undefined || !isOwn || !settleAtEnd(call, hooks, reply)) {
    settleOrCut(call, leg, status, reply);
  }
  offerAndHandOver(call, status, reply);
}

/** What says that it is a failure is given to the caller, and counts as what it is. */
function finishAsFailed(call: CandidateCall, reply: unknown): void {
  endRun(call, 'candidate');
  settleOrCut(call, 'candidate', 'rejected', new FailedReply(reply));
  offerAndHandOver(call, 'fulfilled', reply);
}

function endRun(call: CandidateCall, leg: Leg): void {
  if (leg === 'candidate') {
    call.run = 'settled';
    call.owner.deadlines?.remove(call);
  }
  call.aborting?.unfollow();
}

/** Where the app asked that the caller wait for the shadow, it does. */
function offerAndHandOver(
  call: CandidateCall,
  status: 'fulfilled' | 'rejected',
  reply: unknown,
): void {
  const held = offerToShadow(call);
  if (held === undefined) handOver(call, status, reply);
  else void held.then(() => handOver(call, status, reply));
}

function handOver(call: CandidateCall, status: 'fulfilled' | 'rejected', reply: unknown): void {
  if (status === 'fulfilled') call.resolve(reply);
  else call.reject(reply);
}
