import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { isThenable } from '../../core/call/observation.ts';
import { CutoverError } from '../../core/errors.ts';
import { refuse } from '../../core/option-checks.ts';
import type { CutoverControls } from '../../cutover.ts';
import { serve } from '../handler.ts';
import type { Route } from '../route/route.ts';
import { coreFor } from './core-for.ts';
import { ExpressExchange } from './express/express-exchange.ts';
import {
  type ExpressCutoverOptions,
  expressIssues,
  sharedOptions,
} from './express/express-options.ts';
import { type HoldLimits, holdBody } from './node/body-hold.ts';
import { CandidateReply } from './node/candidate-reply.ts';
import { heldRequest } from './node/held-request.ts';
import { addServerRoute } from './node/server-route.ts';

export type { ExpressCutoverOptions, ExpressRouteOptions } from './express/express-options.ts';
export type { ServerRouteOptions } from './node/server-options.ts';

// Less than a `RequestHandler` asks for: of that, the handlers behind it would get the types of its parameters.
type Middleware = (
  req: IncomingMessage & Pick<Request, 'app'>,
  res: ServerResponse & Pick<Response, 'app'>,
  next: NextFunction,
) => void;

/** Middleware for one route, and the controls of its cutover. */
export type ExpressCutover = Middleware & CutoverControls;

const unparsed =
  "The callback read failed, and nobody has parsed the body: put a parser for its type before the cutover, express.json() say, or give it body: 'hold'.";

/**
 * Makes middleware that stands directly before the existing handler, after auth and validation: legacy is `next()`.
 * Works with Express 4.21 and 5.
 *
 * @throws InvalidOptionsError naming every issue at once
 */
export function expressCutover<Input>(options: ExpressCutoverOptions<Input>): ExpressCutover {
  refuse('expressCutover()', expressIssues(options));
  const core = coreFor(options.cutover, sharedOptions(options));
  const route = addServerRoute(core, { ...options, read: (req: Request) => inputOf(options, req) });
  const { body, maxBodyBytes: maxBytes, maxBodyWaitMs: maxWaitMs } = options;
  const middleware: Middleware = (req, res, next) => {
    const exchange = new ExpressExchange<Input>(req as Request, res as Response, next);
    if (body === 'hold') {
      void holdAndServe(route, exchange, { maxBytes, maxWaitMs, clock: route.clock });
      return;
    }
    serveRequest(route, exchange);
    exchange.leaveMiddleware();
  };
  return Object.assign(middleware, core.controls);
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;

/** What `read` gives. Where it fails since nobody has parsed the body before, the error says so. */
function inputOf<Input>(
  { read, body }: ExpressCutoverOptions<Input>,
  req: Request,
): Input | Promise<Input> {
  if (body === 'hold' || req.body !== undefined || !hasBody(req)) return read(req);
  const failed = (cause: unknown): never => {
    throw new CutoverError('ERR_CUTOVER_CONTAINED', unparsed, { cause });
  };
  try {
    const input = read(req);
    return isThenable(input) ? Promise.resolve(input).catch(failed) : input;
  } catch (cause) {
    return failed(cause);
  }
}

async function holdAndServe<Input>(
  route: Route,
  exchange: ExpressExchange<Input>,
  limits: HoldLimits,
): Promise<void> {
  exchange.leaveMiddleware();
  const { req } = exchange;
  const held = await holdBody(req, limits);
  if (typeof held === 'object')
    exchange.source = await heldRequest(req, held.body, limits.maxBytes);
  // Someone has read it before: what a parser made of it is there.
  else if (held !== 'taken') exchange.source = undefined;
  serveRequest(route, exchange);
}

function serveRequest<Input>(route: Route, exchange: ExpressExchange<Input>): void {
  serve(route, undefined, [exchange], exchange)
    .then((reply) => (reply instanceof CandidateReply ? exchange.send(reply) : undefined))
    .catch((error: unknown) => exchange.fail(error));
}
