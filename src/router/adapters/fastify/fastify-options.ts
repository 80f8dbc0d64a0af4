import type { FastifyRequest } from 'fastify';
import { check, issuesOf, type OptionChecks } from '../../../core/option-checks.ts';
import type { Cutover } from '../../../cutover.ts';
import { type CutoverOptions, cutoverIssues } from '../../../cutover-options.ts';
import { routeIssues } from '../../route/route-options.ts';
import { awaitIssues } from '../await-issues.ts';
import { type ServerRouteOptions, serverRules } from '../node/server-options.ts';
import { splitOptions } from '../split-options.ts';

/** The cutover of one route; legacy is the route's own handler. */
export interface FastifyRouteOptions<Input>
  extends Omit<ServerRouteOptions<FastifyRequest, Input>, 'read' | 'requestId'> {
  // A method, so that a request with types of its own (`FastifyRequest<{ Body: … }>`) may be asked for.
  /** Takes from the request what the legs work on. Runs once, before either leg; throwing: served by legacy, counted. */
  read(request: FastifyRequest): Input | Promise<Input>;
  /**
   * Names the call in events, spans and pairs, as the app's own log does: `(request) => request.id`. Cut to 200 characters; where it
   * throws or gives nothing, the call has an id of its own.
   *
   * @default a UUID of its own
   */
  requestId?(request: FastifyRequest): string | number | undefined;
}

/** A route's cutover as `config` holds it, whatever its input is; `cutoverRoute()` infers that. */
export interface FastifyCutoverConfig
  extends Omit<FastifyRouteOptions<never>, 'read' | 'snapshot'> {
  /** Takes from the request what the legs work on. Runs once, before either leg; throwing: served by legacy, counted. */
  read(request: FastifyRequest): unknown;
  /** Copies the input for a mirror, off the user's path. @default structuredClone */
  snapshot?: ((input: never) => unknown) | undefined;
}

/** A cutover that was made before, or the options of one that closes with the app. */
export type FastifyCutoverOptions =
  | ({ cutover: Cutover } & { [K in keyof CutoverOptions]?: undefined })
  | (CutoverOptions & { cutover?: undefined });

const handedIn: OptionChecks = { cutover: check.object };

/** Every issue of the plugin's options, at once. */
export function pluginIssues(options: object): string[] {
  const { own, rest } = splitOptions(options, handedIn);
  if (own.cutover !== undefined) return issuesOf(options, handedIn);
  return [...awaitIssues(rest), ...cutoverIssues(rest)];
}

/** Every issue of one route's config, at once. */
export function configIssues(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return issuesOf(config, serverRules);
  const { legacy: _, ...given }: { legacy?: unknown } = config;
  return [
    ...('legacy' in config ? ['legacy is not an option: it is the route’s own handler'] : []),
    ...routeIssues(given, serverRules),
  ];
}
