import { attempt } from '../../core/attempt.ts';
import { refuse } from '../../core/option-checks.ts';
import type { CutoverControls } from '../../cutover.ts';
import { type Decision, explain, serve } from '../handler.ts';
import { coreFor } from './core-for.ts';
import { FetchExchange, type FetchInit } from './fetch/fetch-exchange.ts';
import { type FetchCutoverOptions, fetchIssues, sharedOptions } from './fetch/fetch-options.ts';
import { addFetchRoute } from './fetch/fetch-route.ts';

export type { FetchInit } from './fetch/fetch-exchange.ts';
export type { FetchCutoverOptions, FetchHead, FetchRouteOptions } from './fetch/fetch-options.ts';

/** What comes with a request; it may be left out where the route asks for no `locals`. */
type Rest<Locals> = undefined extends Locals
  ? [init?: FetchInit<Locals>]
  : [init: FetchInit<Locals>];

/** A fetch handler, and the controls of its cutover. */
export interface FetchCutover<Locals = undefined> extends CutoverControls {
  /** Answers a request. Rejects with what the leg that answers throws, untouched. */
  (request: Request, ...rest: Rest<Locals>): Promise<Response>;
  /** What would happen to a request, which is left unread; runs neither leg. */
  decide(request: Request, ...rest: Rest<Locals>): Promise<Decision>;
}

/**
 * Puts a cutover in front of a fetch handler: `Request` in, `Response` out, as in Hono, Next.js or a Worker on Node.
 *
 * @throws InvalidOptionsError naming every issue at once
 */
export function fetchCutover<Locals = undefined>(
  options: FetchCutoverOptions<Locals>,
): FetchCutover<Locals> {
  refuse('fetchCutover()', fetchIssues(options));
  const core = coreFor(options.cutover, sharedOptions(options));
  const { route, prepare } = addFetchRoute(core, options);
  // Rest parameters: servers tell by a handler's length what else it wants to be given.
  const handle = (request: Request, ...[init]: Rest<Locals>): Promise<Response> => {
    const exchange = new FetchExchange<Locals>(request, init);
    const answer = (): Promise<Response> =>
      serve(route, undefined, [exchange], exchange) as Promise<Response>;
    const ready = prepare(exchange);
    return ready === undefined ? answer() : ready.then(answer);
  };
  const decide: FetchCutover<Locals>['decide'] = async (request, ...[init]) => {
    const copy = attempt(() => request.clone()) ?? request;
    const exchange = new FetchExchange<Locals>(copy, init);
    await prepare(exchange);
    return explain(route, undefined, [exchange]);
  };
  return Object.assign(handle, core.controls, { decide });
}
