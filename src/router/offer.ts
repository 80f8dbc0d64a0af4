import { attempt } from '../core/attempt.ts';
import type { Leg } from '../core/stage.ts';
import type { Call } from './call.ts';

/**
 * Hands a served call to the shadow: references only, synchronous, never throws. A promise comes back only where the app
 * asked that the caller wait (`background.mode: 'await'`).
 */
export function offerToShadow(call: Call): Promise<void> | undefined {
  const { hooks, background } = call.owner;
  if (hooks?.delivered === undefined) {
    offer(call);
    return background?.hold(call);
  }
  const offered = hooks.delivered(call.args, call.reply).then(
    (delivered) => {
      call.reply = delivered;
      offer(call);
    },
    () => undefined, // cut short: the user did not get it, so there is nothing to learn or compare
  );
  // The delivery is part of what is waited for: a reply that waited for it would wait for itself.
  void background?.hold(call, offered);
  return undefined;
}

function offer(call: Call): void {
  const { owner: route, plan } = call;
  if (call.callerGone || route.switchboard.killed) return;
  if (plan.learns && call.status === 'fulfilled' && route.learnLane?.offer(call)) {
    call.outstanding += 1;
  }
  if (plan.mirrors !== undefined && route.compares && !call.fellBack)
    offerMirror(call, plan.mirrors);
}

function offerMirror(call: Call, leg: Leg): void {
  const { mirrorLane, mirrorShare, mirrors, random } = call.owner;
  if (!mirrors[leg]) notMirrored(call, leg);
  else if (mirrorShare < 1 && (attempt(random) ?? 0) >= mirrorShare) mirrorLane.skip('sampled');
  else if (mirrorLane.offer(call)) call.outstanding += 1;
}

/** Legacy without a `legacyShadow` is simply not mirrored; a candidate that nobody vouched for is a gap to be told. */
function notMirrored(call: Call, leg: Leg): void {
  if (leg === 'legacy') return;
  call.owner.mirrorLane.skip('unsafe');
  call.owner.warnOnce(
    'unsafe',
    `The candidate of route "${call.route}" is not declared safe, so stage "shadow" only learns. Wrap it in shadowSafe() if it honours context.mirrored.`,
    call.route,
  );
}
