import { isThenable } from '../../core/call/observation.ts';
import type { Call } from '../call.ts';
import { offerToShadow } from '../offer/offer.ts';
import { streamKindOf } from '../replies/stream-kind.ts';
import type { Route } from '../route/route.ts';
import { chain } from './chain.ts';
import { invoke } from './invoke.ts';
import { legacyAnswered, legacyFailed, settle, settleOrCut } from './outcome.ts';
import { runLegacy } from './run-leg.ts';
import { StreamDelivery } from './stream-delivery.ts';

// Chained by `then` instead of awaited: an async frame costs twice as much as what it would be there for.

/** Answers with legacy: what it returns or throws is what the caller gets, in the tick in which it comes. */
export function serveLegacy(call: Call): Promise<unknown> {
  let reply: unknown;
  try {
    reply = runLegacy(call);
    if (isThenable(reply)) return chain(reply, onReply.bind(call), onFailure.bind(call));
  } catch (error) {
    return failed(call, error);
  }
  return Promise.resolve(answered(call, reply));
}

// Bound, since that costs half of two closures and the context that they share. Neither is async: engines bind those slowly.
function onReply(this: Call, reply: unknown): unknown {
  return answered(this, reply);
}

function onFailure(this: Call, reason: unknown): Promise<never> {
  return failed(this, reason);
}

/** The reply, or a promise of it where the app asked that the caller wait for the shadow. */
function answered(call: Call, reply: unknown): unknown {
  if (typeof reply === 'object' && reply !== null && call.owner.hooks === undefined) {
    const kind = streamKindOf(reply);
    if (kind !== undefined) {
      return new StreamDelivery(call, 'legacy', reply, kind, false).handOver();
    }
  }
  settle(call, 'legacy', 'fulfilled', reply);
  const held = offerToShadow(call);
  return held === undefined ? reply : held.then(() => reply);
}

async function failed(call: Call, reason: unknown): Promise<never> {
  settleOrCut(call, 'legacy', 'rejected', reason);
  const held = offerToShadow(call);
  if (held !== undefined) await held;
  throw reason;
}

/** Answers a call of stage `off` that nobody watches: it is counted, and nothing is made for it. */
export function serveUnobserved(route: Route, self: unknown, args: unknown[]): Promise<unknown> {
  let reply: unknown;
  try {
    reply = invoke(route.legacy, self, args);
    if (isThenable(reply)) return chain(reply, route.onReply, route.onFailure);
  } catch (error) {
    return Promise.reject(error).catch(route.onFailure);
  }
  return Promise.resolve(route.onReply(reply));
}

/** What follows an unobserved reply or failure: one function a route, so that a call makes none. */
export function unobservedEnds(of: () => Route): Pick<Route, 'onReply' | 'onFailure'> {
  return {
    onReply(reply) {
      const route = of();
      if (route.legacyGone) legacyAnswered(route, reply);
      route.counters.served.legacy += 1;
      return reply;
    },
    onFailure(reason) {
      const route = of();
      legacyFailed(route, reason);
      route.counters.failed.legacy += 1;
      throw reason;
    },
  };
}
