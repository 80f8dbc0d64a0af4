import { isThenable } from '../core/observation.ts';
import type { Call } from './call.ts';
import { invoke } from './invoke.ts';
import { offerToShadow } from './offer.ts';
import { legacyAnswered, legacyFailed, settle } from './outcome.ts';

/** Answers with legacy: what it returns or throws is what the caller gets, in the tick in which it comes. */
export async function serveLegacy(call: Call): Promise<unknown> {
  let reply: unknown;
  try {
    reply = invoke(call.owner.legacy, call.self, call.args);
    if (isThenable(reply)) reply = await reply;
  } catch (error) {
    legacyFailed(call, error);
    settle(call, 'legacy', 'rejected', error);
    await offerToShadow(call);
    throw error;
  }
  if (call.owner.legacyGone) legacyAnswered(call);
  settle(call, 'legacy', 'fulfilled', reply);
  const held = offerToShadow(call);
  if (held !== undefined) await held;
  return reply;
}
