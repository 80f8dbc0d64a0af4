import { disregard } from '../../../core/attempt.ts';
import { atOnce } from '../../../core/call/at-once.ts';
import type { CallContext } from '../../../core/call/call-context.ts';
import { isThenable } from '../../../core/call/observation.ts';
import { isShadowSafe, shadowSafe } from '../../../core/call/shadow-safe.ts';
import type { Subject } from '../../../core/call/subject.ts';
import { CutoverError } from '../../../core/errors.ts';
import type { CutoverCore } from '../../../cutover-core.ts';
import { routePart } from '../../../cutover-options.ts';
import { argumentCopy } from '../../offer/argument-copy.ts';
import { keepsTurns } from '../../offer/kept-turns.ts';
import { exchangeView } from '../../replies/exchange-view.ts';
import { mirroredReply } from '../../replies/mirrored-reply.ts';
import { prepareReply, prepareWhole } from '../../replies/prepare-reply.ts';
import { mirroredLeg } from '../../route/mirrored-leg.ts';
import type { Route, RouteHooks } from '../../route/route.ts';
import type { FallbackOptions, RouteOptions } from '../../route/route-options.ts';
import { CandidateCall } from '../../serve/candidate-call.ts';
import { fallbackByValue } from '../fallback-by-value.ts';
import { whileWanted } from '../while-wanted.ts';
import { CandidateReply } from './candidate-reply.ts';
import type { ServerExchange } from './server-exchange.ts';
import type { ServerRouteOptions } from './server-options.ts';

type Leg<Source, Input> = (
  context: CallContext,
  exchange: ServerExchange<Source, Input>,
) => Promise<unknown>;

/** Adds a route whose legs get the exchange as their one argument, and whose replies the framework delivers. */
export function addServerRoute<Source, Input>(
  core: CutoverCore,
  options: ServerRouteOptions<Source, Input>,
): Route {
  type Exchange = ServerExchange<Source, Input>;
  const { candidate, legacyShadow, view, maxReplyBytes, fallback, snapshot, requestId } = options;
  const copy = (input: Input): Input =>
    snapshot === undefined ? argumentCopy(input) : atOnce(snapshot(input), 'snapshot');
  const leg: Leg<Source, Input> = toLeg(candidate, maxReplyBytes);
  const adapted: RouteOptions<[Exchange], unknown> = {
    ...(routePart(options) as { name: string }),
    legacy: (exchange) => exchange.passOn(),
    candidate: isShadowSafe(candidate) ? shadowSafe(leg) : leg,
    identify: (exchange) => {
      if (requestId !== undefined) exchange.requestId = namedBy(requestId, exchange, route);
      return identified(options, exchange);
    },
    view: (reply) => exchangeView(reply, view),
    // The mirror gets a copy of the input alone: the request and the response stay with the served call.
    snapshot: ([exchange]) => [{ input: copy(exchange.given as Input) } as Exchange],
    ...(legacyShadow && { legacyShadow: toLeg(legacyShadow, maxReplyBytes) }),
    fallback: orUnsaid(fallbackByValue(fallback ?? {}, returnedBy)),
    // A status of the app's own making, of one tenant's conversation say, is no word about legacy: only the app can tell.
    isGone: options.isGone ?? (() => false),
  };
  const hooks: RouteHooks = {
    decided: ([exchange], plan) => {
      const mirrors = mirroredLeg(route, plan) !== undefined;
      if (mirrors) (exchange as Exchange).keepGiven();
      const learns = plan.learns && route.learnLane !== undefined;
      // Nothing is kept in the first stage. Where legacy is known to be gone, only a reply can tell that it is back; and
      // only a reply ends a trace.
      const watches = plan.order > 0 || route.legacyGone || route.tracing !== undefined;
      const keeps = keepsTurns(route, plan);
      if (learns || mirrors || keeps) (exchange as Exchange).capture(maxReplyBytes);
      else if (watches) (exchange as Exchange).watch();
      return watches;
    },
    observe: ([exchange], reply, observer) => {
      if (!(reply instanceof CandidateReply)) return undefined;
      if (reply.observe(observer, route.maxReplyBytes)) return 'in pieces';
      (exchange as Exchange).observe(observer);
      return 'whole';
    },
    hasView: view !== undefined,
    delivered: ([exchange]) => (exchange as Exchange).delivered,
  };
  const route = core.route(adapted as unknown as RouteOptions<never[], unknown>, hooks);
  return route;
}

/** A stream that is over, or tells of its failure, before it says anything is no answer: so looks a model that is down. */
function orUnsaid({ isFailure, ...rest }: FallbackOptions): FallbackOptions {
  const isUnsaid = (reply: unknown): boolean => reply instanceof CandidateReply && reply.isUnsaid;
  // As it is: who gets an answer that is neither true nor false tells of it.
  return { ...rest, isFailure: (reply) => isUnsaid(reply) || (isFailure?.(reply) as boolean) };
}

/** An id that a client chose may be as long as a header: more of it is not kept. */
const longestRequestId = 200;

/** What the app calls a request. A call has an id of its own where the app's cannot be had: it is no reason not to serve. */
function namedBy<Source, Input>(
  requestId: (source: Source) => unknown,
  { source }: ServerExchange<Source, Input>,
  route: Route,
): string | undefined {
  if (source === undefined) return undefined;
  try {
    const id = requestId(source);
    disregard(id);
    if (typeof id === 'number') return String(id);
    return typeof id === 'string' && id !== '' ? id.slice(0, longestRequestId) : undefined;
  } catch (error) {
    route.reporter.contained('requestId', error, { route: route.name });
    return undefined;
  }
}

function identified<Source, Input>(
  { read, identify }: ServerRouteOptions<Source, Input>,
  exchange: ServerExchange<Source, Input>,
): Subject | Promise<Subject> {
  const { begun, source } = exchange;
  if (begun)
    throw new CutoverError(
      'ERR_CUTOVER_CONTAINED',
      'The reply has begun already: only legacy can go on.',
    );
  if (source === undefined)
    throw new CutoverError('ERR_CUTOVER_CONTAINED', 'The body could not be held.');
  const input = read(source);
  if (!isThenable(input)) {
    exchange.input = input as Input;
    return identify(exchange.input);
  }
  // Assimilated: the `then` of what is no promise need not give one.
  return Promise.resolve(input).then((value) => {
    exchange.input = value;
    return identify(value);
  });
}

/** A leg that ends when its reply could be sent: what fails before can still be answered by the other. */
function toLeg<Source, Input>(
  run: (context: CallContext, input: Input) => unknown,
  maxReplyBytes: number | undefined,
): Leg<Source, Input> {
  return async (context, exchange) => {
    const value = await run(context, exchange.input as Input);
    if (!(context instanceof CandidateCall)) {
      return mirroredReply(value, context, maxReplyBytes);
    }
    try {
      const prepared =
        prepareWhole(value) ??
        (await whileWanted(context, exchange.signal, (waiting) => prepareReply(value, waiting)));
      exchange.prepared = new CandidateReply(context, value, prepared);
      return exchange.prepared;
    } catch (error) {
      context.abort(error); // whatever the candidate began for it goes on
      throw error;
    }
  };
}

/** What the candidate returned, of a reply that is ready to be sent. */
const returnedBy = (reply: unknown): unknown =>
  reply instanceof CandidateReply ? reply.value : reply;
