import { disregard } from '../../../core/attempt.ts';
import { atOnce } from '../../../core/call/at-once.ts';
import { isThenable } from '../../../core/call/observation.ts';
import { isShadowSafe, shadowSafe } from '../../../core/call/shadow-safe.ts';
import type { Subject } from '../../../core/call/subject.ts';
import { CutoverError } from '../../../core/errors.ts';
import type { CutoverCore } from '../../../cutover-core.ts';
import { routePart } from '../../../cutover-options.ts';
import { awaitFlag, decide } from '../../decide.ts';
import { argumentCopy } from '../../offer/argument-copy.ts';
import type { Route } from '../../route/route.ts';
import type { RouteOptions } from '../../route/route-options.ts';
import { defaultMaxBodyBytes, defaultMaxBodyWaitMs } from '../body-limits.ts';
import type { FetchExchange } from './fetch-exchange.ts';
import { FetchLegs } from './fetch-legs.ts';
import { type FetchRouteOptions, sharedOptions } from './fetch-options.ts';

/** A route of fetch handlers, and how it takes a request up. */
export interface FetchRoute<Locals> {
  readonly route: Route;
  /** Makes an exchange ready to be served; a promise only where something has to be waited for. Never rejects. */
  prepare(exchange: FetchExchange<Locals>): Promise<void> | undefined;
}

/** Adds a route whose legs get the exchange as their one argument. */
export function addFetchRoute<Locals>(
  core: CutoverCore,
  options: FetchRouteOptions<Locals>,
): FetchRoute<Locals> {
  const { candidate, legacyShadow, snapshot } = options;
  const copy = (locals: Locals): Locals =>
    snapshot === undefined ? argumentCopy(locals) : atOnce(snapshot(locals), 'snapshot');
  const hold = (exchange: FetchExchange<Locals>): Promise<void> | undefined =>
    exchange.hold({
      maxBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
      maxWaitMs: options.maxBodyWaitMs ?? defaultMaxBodyWaitMs,
      clock: route.clock,
    });
  const legs = new FetchLegs(hold, options.maxReplyBytes);
  const leg = legs.legOf(candidate);
  const adapted = {
    ...(routePart(sharedOptions(options)) as object),
    name: options.name,
    legacy: (exchange: FetchExchange<Locals>) =>
      options.legacy(exchange.legacyRequest(), exchange.locals),
    candidate: isShadowSafe(candidate) ? shadowSafe(leg) : leg,
    identify: (exchange: FetchExchange<Locals>) => identified(options, exchange),
    snapshot: ([exchange]: FetchExchange<Locals>[]) => [exchange?.toMirror(copy)],
    ...(legacyShadow && { legacyShadow: legs.legOf(legacyShadow) }),
    fallback: legs.fallbackOf(options.fallback ?? {}),
  };
  const route = core.route(adapted as unknown as RouteOptions<never[], unknown>);
  return {
    route,
    prepare(exchange) {
      const off = isOff(route, options, exchange);
      if (!isThenable(off)) return off ? undefined : hold(exchange);
      return off.then((passes) => (passes ? undefined : hold(exchange)));
    },
  };
}

/** Whether the tenant can be told from the head and is off: then nothing is read of the request. */
function isOff<Locals>(
  route: Route,
  { tenant: tenantOf }: FetchRouteOptions<Locals>,
  exchange: FetchExchange<Locals>,
): boolean | Promise<boolean> {
  if (tenantOf === undefined) return false;
  let tenant: unknown;
  try {
    tenant = tenantOf(exchange.request, exchange.locals);
    disregard(tenant);
  } catch (error) {
    route.reporter.contained('identify', error, { route: route.name });
  }
  if (typeof tenant !== 'string' || tenant === '') return false;
  exchange.named = tenant;
  const subject: Subject = { tenant, task: '' };
  const chosen = decide(route, tenant, subject);
  if (!(chosen instanceof Promise)) return chosen.plan.order === 0;
  return awaitFlag(route, tenant, subject, chosen).then((late) => late.chosen.plan.order === 0);
}

function identified<Locals>(
  { identify }: FetchRouteOptions<Locals>,
  exchange: FetchExchange<Locals>,
): Subject | Promise<Subject> {
  const { named, body, isHeld, locals, request } = exchange;
  if (body === undefined) return { tenant: named as string, task: '' };
  if (!isHeld) throw new CutoverError('ERR_CUTOVER_CONTAINED', whyNot(request));
  const subject = identify(exchange.requestFor(request.signal), locals);
  if (named === undefined) return subject;
  // What is no subject is told as such.
  const withTenant = (known: Subject): Subject =>
    typeof known === 'object' && known !== null
      ? { ...known, tenant: known.tenant ?? named }
      : known;
  // Assimilated: the `then` of what is no promise need not give one.
  return isThenable(subject) ? Promise.resolve(subject).then(withTenant) : withTenant(subject);
}

/** Why no leg can get a request of its own. */
function whyNot({ headers }: { readonly headers?: { readonly get?: unknown } }): string {
  return typeof headers?.get === 'function'
    ? 'The body could not be held: it was read before, is larger than maxBodyBytes, or did not end in maxBodyWaitMs.'
    : 'What the handler was called with is no Request: in Hono hand it c.req.raw.';
}
