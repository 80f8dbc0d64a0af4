import type { CallContext } from '../../../core/call/call-context.ts';
import type { ReplyView, Subject } from '../../../core/call/subject.ts';
import { check, issuesOf, type OptionChecks } from '../../../core/option-checks.ts';
import type { Cutover } from '../../../cutover.ts';
import { type CutoverOptions, handlerIssues } from '../../../cutover-options.ts';
import {
  type FallbackOptions,
  type RouteOptions,
  routeChecks,
  routeIssues,
} from '../../route/route-options.ts';
import { awaitIssues } from '../await-issues.ts';
import { splitOptions } from '../split-options.ts';

/** What can be told of a request without a look at its body. */
export type FetchHead = Pick<Request, 'method' | 'url' | 'headers'>;

/** One route of an app of fetch handlers. */
export interface FetchRouteOptions<Locals>
  extends Omit<
    RouteOptions<[request: Request, locals: Locals], Response>,
    'legacy' | 'candidate' | 'identify' | 'view' | 'legacyShadow' | 'snapshot' | 'fallback'
  > {
  // A method, so that a handler of a framework's own request (Next's) may be handed in as it is.
  /**
   * The handler that exists. It gets the very request where nothing was read of it, else one that reads the same; and the
   * `locals` that came with the call.
   */
  legacy(request: Request, locals: Locals): Response | PromiseLike<Response>;
  /**
   * The handler that replaces it, with a request of its own: it answers with a `Response`, a string, bytes, a stream, or
   * what JSON can hold.
   */
  candidate: (context: CallContext, request: Request, locals: Locals) => unknown;
  /**
   * Whose call it is and what for, from a request of its own. Throwing, late or without a tenant: served by legacy, counted.
   * The tenant may be left out where `tenant` names it.
   */
  identify: (request: Request, locals: Locals) => Subject | Promise<Subject>;
  /**
   * Names the tenant from the request's head or from `locals`, before anything is read: while that tenant is in stage `off`,
   * legacy gets the very request. Undefined: only `identify` can tell.
   *
   * @default the body is held to find the tenant, in stage `off` too
   */
  tenant?: ((head: FetchHead, locals: Locals) => string | undefined) | undefined;
  /** Reads a reply's text from its body: parsed JSON, else text. @default strings and the usual fields of an object */
  view?: ((body: unknown) => ReplyView | undefined | Promise<ReplyView | undefined>) | undefined;
  /** Legacy as it may be run a second time, in the shadow of a served candidate. */
  legacyShadow?: ((context: CallContext, request: Request, locals: Locals) => unknown) | undefined;
  /** Its functions see what the candidate returned, before it became a `Response`. */
  fallback?: FallbackOptions | undefined;
  /** Copies `locals` for a mirror, off the user's path. @default structuredClone */
  snapshot?: ((locals: Locals) => Locals) | undefined;
  /** Bytes of a held body; a larger one is served by legacy, untouched, and counted. @default 1_048_576 */
  maxBodyBytes?: number | undefined;
  /**
   * Milliseconds that a body may take to arrive; a slower one, an open stream say, is served by legacy, which gets what has
   * come and then the rest.
   *
   * @default 10_000
   */
  maxBodyWaitMs?: number | undefined;
}

/** A route together with the options all routes share, or with a cutover that was made before. */
export type FetchCutoverOptions<Locals> = FetchRouteOptions<Locals> &
  (
    | ({ cutover: Cutover } & { [K in keyof CutoverOptions]?: undefined })
    | (CutoverOptions & { cutover?: undefined })
  );

const fetchChecks: OptionChecks = {
  tenant: check.function,
  maxBodyBytes: check.count,
  maxBodyWaitMs: check.milliseconds,
  cutover: check.object,
};

const rules: OptionChecks = { ...routeChecks, ...fetchChecks };

/** The options that this adapter shares with every other way in. */
export function sharedOptions(options: object): object {
  return splitOptions(options, fetchChecks).rest;
}

/** Every issue of the options, at once. */
export function fetchIssues(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return issuesOf(options, fetchChecks);
  // What it only inherits would pass, and be lost where options are told apart.
  const given: { cutover?: unknown } = { ...options };
  return [
    ...awaitIssues(options),
    ...(given.cutover !== undefined ? routeIssues(given, rules) : handlerIssues(given, rules)),
  ];
}
