import type { Request } from 'express';
import { check, issuesOf, type OptionChecks, oneOf } from '../../../core/option-checks.ts';
import type { Cutover } from '../../../cutover.ts';
import { type CutoverOptions, handlerIssues } from '../../../cutover-options.ts';
import { routeIssues } from '../../route/route-options.ts';
import { awaitIssues } from '../await-issues.ts';
import { type ServerRouteOptions, serverChecks, serverRules } from '../node/server-options.ts';
import { splitOptions } from '../split-options.ts';

/** One route of an Express app; legacy is the handler that comes next. */
export interface ExpressRouteOptions<Input>
  extends Omit<ServerRouteOptions<Request, Input>, 'read' | 'requestId'> {
  // A method, so that a request with types of its own (`Request<{ id: string }>`) may be asked for.
  /** Takes from the request what the legs work on. Runs once, before either leg; throwing: served by legacy, counted. */
  read(request: Request): Input | Promise<Input>;
  /**
   * Names the call in events, spans and pairs, as the app's own log does: `(request) => request.id`. Cut to 200 characters; where it
   * throws or gives nothing, the call has an id of its own.
   *
   * @default a UUID of its own
   */
  requestId?(request: Request): string | number | undefined;
  /**
   * `'parsed'`: a body parser has run before. `'hold'`: the raw body is held, `read` gets it parsed as `req.body`, and it is
   * put back for whatever reads it later; `req` itself is not given a body.
   *
   * @default 'parsed'
   */
  body?: 'parsed' | 'hold' | undefined;
  /** Bytes of a held body; a larger one is passed on untouched, unread: legacy answers, counted. @default 1_048_576 */
  maxBodyBytes?: number | undefined;
  /**
   * Milliseconds that a held body may take to arrive; a slower one, an open stream say, is served by legacy, which gets what has
   * come and then the rest, counted.
   *
   * @default 10_000
   */
  maxBodyWaitMs?: number | undefined;
}

/** A route together with the options all routes share, or with a cutover that was made before. */
export type ExpressCutoverOptions<Input> = ExpressRouteOptions<Input> &
  (
    | ({ cutover: Cutover } & { [K in keyof CutoverOptions]?: undefined })
    | (CutoverOptions & { cutover?: undefined })
  );

const expressChecks: OptionChecks = {
  ...serverChecks,
  body: oneOf('parsed', 'hold'),
  maxBodyBytes: check.count,
  maxBodyWaitMs: check.milliseconds,
  cutover: check.object,
};

/** The options that this adapter shares with every other way in. */
export function sharedOptions(options: object): object {
  return splitOptions(options, expressChecks).rest;
}

const rules: OptionChecks = { ...serverRules, ...expressChecks };

/** Every issue of the options, at once. */
export function expressIssues(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return issuesOf(options, expressChecks);
  const { legacy: _, ...given }: { legacy?: unknown; cutover?: unknown } = options;
  return [
    ...awaitIssues(options),
    ...('legacy' in options ? ['legacy is not an option: it is the handler that comes next'] : []),
    ...(given.cutover !== undefined ? routeIssues(given, rules) : handlerIssues(given, rules)),
  ];
}
