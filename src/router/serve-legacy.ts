import { isThenable } from '../core/observation.ts';
import type { Call } from './call.ts';
import { invoke } from './invoke.ts';
import { offerToShadow } from './offer.ts';
import { legacyAnswered, legacyFailed, settle } from './outcome.ts';
import type { Route } from './route.ts';

/** Answers with legacy: what it returns or throws is what the caller gets, in the tick in which it comes. */
export async function serveLegacy(call: Call): Promise<unknown> {
  let reply: unknown;
  try {
    reply = invoke(call.owner.legacy, call.self, call.args);
    if (isThenable(reply)) reply = await reply;
  } catch (error) {
    legacyFailed(call.owner, error);
    settle(call, 'legacy', 'rejected', error);
    await offerToShadow(call);
    throw error;
  }
  if (call.owner.legacyGone) legacyAnswered(call.owner);
  settle(call, 'legacy', 'fulfilled', reply);
  const held = offerToShadow(call);
  if (held !== undefined) await held;
  return reply;
}

/** Answers a call of stage `off` that nobody watches: it is counted, and nothing is made for it. */
export async function serveUnobserved(
  route: Route,
  self: unknown,
  args: unknown[],
): Promise<unknown> {
  let reply: unknown;
  try {
    reply = invoke(route.legacy, self, args);
    if (isThenable(reply)) reply = await reply;
  } catch (error) {
    legacyFailed(route, error);
    route.counters.failed.legacy += 1;
    throw error;
  }
  if (route.legacyGone) legacyAnswered(route);
  route.counters.served.legacy += 1;
  return reply;
}
