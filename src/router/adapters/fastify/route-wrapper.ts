import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { CallContext } from '../../../core/call/call-context.ts';
import { isShadowSafe, shadowSafe } from '../../../core/call/shadow-safe.ts';
import { refuse } from '../../../core/option-checks.ts';
import type { CutoverCore } from '../../../cutover-core.ts';
import { serve } from '../../handler.ts';
import type { Route } from '../../route/route.ts';
import { CandidateReply } from '../node/candidate-reply.ts';
import { addServerRoute } from '../node/server-route.ts';
import { FastifyExchange } from './fastify-exchange.ts';
import {
  configIssues,
  type FastifyCutoverConfig,
  type FastifyRouteOptions,
} from './fastify-options.ts';
import { wrappedMark } from './wrapped-mark.ts';

type Handler = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => unknown;
type Run = (context: CallContext, input: unknown) => unknown;

/** Puts a cutover in front of the handlers of routes whose config asks for it. */
export class RouteWrapper {
  readonly #core: CutoverCore;
  /** A GET and its HEAD, or one config of several routes, are one route to the cutover. */
  readonly #routes = new Map<object, Route>();

  constructor(core: CutoverCore) {
    this.#core = core;
  }

  /** Wraps the handler of a route that is being added; a route without a cutover config is left as it is. */
  wrap(options: RouteOptions): void {
    const cutover = options.config?.cutover;
    if (cutover === undefined) {
      refuseMisplaced(options);
      return;
    }
    const handler = wrapped(this.#routeOf(cutover, options), options.handler as Handler);
    options.handler = handler as RouteOptions['handler'];
    // Fastify's own copy of the options, but the app's own config.
    options.config = Object.assign({}, options.config, { [wrappedMark]: true });
  }

  #routeOf(config: FastifyCutoverConfig, { method, url }: RouteOptions): Route {
    const known = this.#routes.get(config);
    if (known !== undefined) return known;
    const issues = configIssues(config);
    if (issues.length === 0 && Object.hasOwn(this.#core.stats().routes, config.name)) {
      issues.push(`name "${config.name}" is taken by another route`);
    }
    refuse(`the cutover of route ${[method].flat().join(',')} ${url}`, issues);
    const route = addServerRoute(
      this.#core,
      throwingErrors(config as FastifyRouteOptions<unknown>),
    );
    this.#routes.set(config, route);
    return route;
  }
}

/** Fastify passes over options that it does not know: the route would be left to legacy for good. */
function refuseMisplaced(options: RouteOptions & { readonly cutover?: unknown }): void {
  const isMisplaced =
    typeof (options.cutover as { candidate?: unknown } | undefined)?.candidate === 'function';
  const { method, url } = options;
  const mend = 'cutover belongs into the config of the route: { config: { cutover } }';
  refuse(`route ${[method].flat().join(',')} ${url}`, isMisplaced ? [mend] : []);
}

/** In Fastify a handler may return an error instead of throwing it: that is a failure, and no reply. */
function throwingErrors(config: FastifyRouteOptions<unknown>): FastifyRouteOptions<unknown> {
  const throwing = (run: Run): Run => {
    const checked: Run = async (context, input) => {
      const value = await run(context, input);
      if (value instanceof Error) throw value;
      return value;
    };
    return isShadowSafe(run) ? shadowSafe(checked) : checked;
  };
  const { candidate, legacyShadow } = config;
  return {
    ...config,
    candidate: throwing(candidate),
    ...(legacyShadow && { legacyShadow: throwing(legacyShadow) }),
  };
}

function wrapped(route: Route, legacy: Handler): Handler {
  const handler: Handler = function (request, reply) {
    const exchange = new FastifyExchange(request, reply, () => legacy.call(this, request, reply));
    serve(route, undefined, [exchange], exchange)
      .then((answer) => (answer instanceof CandidateReply ? exchange.answer(answer) : undefined))
      .catch((error: unknown) => exchange.fail(error));
    return exchange.leaveHandler();
  };
  Object.defineProperty(handler, 'name', { value: legacy.name });
  return Object.defineProperty(handler, 'length', { value: legacy.length });
}
