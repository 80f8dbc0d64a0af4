import type { RequestHandler } from 'express';
import type { CallContext } from '../../core/call-context.ts';
import { isThenable } from '../../core/observation.ts';
import { refuse } from '../../core/option-checks.ts';
import { isShadowSafe, shadowSafe } from '../../core/shadow-safe.ts';
import type { Subject } from '../../core/subject.ts';
import { CutoverCore, controlsOf, coreOf } from '../../create.ts';
import type { Cutover, CutoverControls } from '../../cutover.ts';
import { type CutoverOptions, routePart, sharedPart } from '../../cutover-options.ts';
import { serve } from '../handler.ts';
import type { Route, RouteHooks } from '../route.ts';
import type { RouteOptions } from '../route-options.ts';
import { holdBody } from './express/body-hold.ts';
import { viewOf } from './express/exchange-view.ts';
import { CandidateReply, ExpressExchange } from './express/express-exchange.ts';
import {
  type ExpressCutoverOptions,
  type ExpressRouteOptions,
  expressIssues,
  splitOptions,
} from './express/express-options.ts';
import { heldRequest } from './express/held-request.ts';
import { prepareReply } from './express/prepare-reply.ts';
import { sendReply } from './express/send-reply.ts';

export type { ExpressCutoverOptions, ExpressRouteOptions } from './express/express-options.ts';

/** Middleware for one route, and the controls of its cutover. */
export type ExpressCutover = RequestHandler & CutoverControls;

/**
 * Makes middleware that stands directly before the existing handler, after auth and validation: legacy is `next()`.
 * Works with Express 4.21 and 5.
 *
 * @throws InvalidOptionsError naming every issue at once
 */
export function expressCutover<Input>(options: ExpressCutoverOptions<Input>): ExpressCutover {
  refuse('expressCutover()', expressIssues(options));
  const { rest } = splitOptions(options);
  const core =
    options.cutover === undefined
      ? new CutoverCore(sharedPart(rest) as CutoverOptions)
      : coreOf(options.cutover as Cutover);
  const route = addRoute(core, options);
  const middleware: RequestHandler = (req, res, next) => {
    const exchange = new ExpressExchange<Input>(req, res, next);
    if (options.body === 'hold') {
      void holdAndServe(route, options, exchange);
    } else {
      serveRequest(route, exchange);
      exchange.leaveMiddleware();
    }
  };
  return Object.assign(middleware, controlsOf(core));
}

type AnyExchange = ExpressExchange<unknown>;

function addRoute<Input>(core: CutoverCore, options: ExpressRouteOptions<Input>): Route {
  const { candidate, legacyShadow, view, maxReplyBytes } = options;
  const copy = options.snapshot ?? ((input: Input): Input => structuredClone(input));
  const { rest } = splitOptions(options);
  const run = async (context: CallContext, exchange: ExpressExchange<Input>): Promise<unknown> => {
    const value = await candidate(context, exchange.input as Input);
    return context.mirrored ? value : new CandidateReply(await prepareReply(value));
  };
  const hooks: RouteHooks = {
    decided: ([exchange], plan) => {
      const mirrors = plan.mirrors !== undefined && route.mirrors[plan.mirrors];
      const learns = plan.learns && route.learnLane !== undefined;
      if (learns || mirrors) (exchange as AnyExchange).observe(maxReplyBytes);
    },
    delivered: ([exchange]) => (exchange as AnyExchange).delivered,
  };
  const adapted: RouteOptions<[ExpressExchange<Input>], unknown> = {
    ...(routePart(rest) as { name: string }),
    legacy: (exchange) => exchange.passOn(),
    candidate: isShadowSafe(candidate) ? shadowSafe(run) : run,
    identify: (exchange) => identified(options, exchange),
    view: (reply) => viewOf(reply, view),
    // The mirror gets a copy of the input alone: the request and the response stay with the served call.
    snapshot: ([exchange]) => [{ input: copy(exchange.input as Input) } as ExpressExchange<Input>],
    ...(legacyShadow && {
      legacyShadow: (context: CallContext, exchange: ExpressExchange<Input>) =>
        legacyShadow(context, exchange.input as Input),
    }),
  };
  const route = core.route(adapted as unknown as RouteOptions<never[], unknown>, hooks);
  return route;
}

function identified<Input>(
  options: ExpressRouteOptions<Input>,
  exchange: ExpressExchange<Input>,
): Subject | Promise<Subject> {
  const input = options.read(exchange.source);
  if (isThenable(input)) {
    return (input as Promise<Input>).then((value) => {
      exchange.input = value;
      return options.identify(value);
    });
  }
  exchange.input = input as Input;
  return options.identify(exchange.input);
}

async function holdAndServe<Input>(
  route: Route,
  { maxBodyBytes }: ExpressRouteOptions<Input>,
  exchange: ExpressExchange<Input>,
): Promise<void> {
  const held = await holdBody(exchange.req, maxBodyBytes);
  const body = typeof held === 'object' ? held.body : Buffer.alloc(0);
  exchange.source = await heldRequest(exchange.req, body, maxBodyBytes);
  exchange.leaveMiddleware();
  serveRequest(route, exchange);
}

function serveRequest<Input>(route: Route, exchange: ExpressExchange<Input>): void {
  serve(route, undefined, [exchange], exchange).then(
    (reply) => {
      if (reply instanceof CandidateReply) {
        // A stream that fails midway has broken its connection already; the client's view of it is not ours to mend.
        sendReply(exchange.res, reply.prepared).catch(() => undefined);
      }
    },
    (error: unknown) => exchange.fail(error),
  );
}
