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
  return background?.hold(call, offered);
}

function offer(call: Call): void {
  const { owner: route, plan } = call;
  if (call.callerGone || route.switchboard.killed) return;
  if (plan.learns && call.status === 'fulfilled' && route.learnLane?.offer(call)) {
    call.outstanding += 1;
  }
  if (plan.mirrors !== undefined && route.mirrors && !call.fellBack) offerMirror(call);
}

function offerMirror(call: Call): void {
  const { mirrorLane, mirrorShare, random, candidateIsSafe, legacyShadow, warnOnce } = call.owner;
  if (call.plan.mirrors === 'legacy' && legacyShadow === undefined) return;
  if (call.plan.mirrors === 'candidate' && !candidateIsSafe) {
    mirrorLane.skip('unsafe');
    warnOnce(
      'unsafe',
      `The candidate of route "${call.route}" is not declared safe, so stage "shadow" only learns. Wrap it in shadowSafe() if it honours context.mirrored.`,
    );
    return;
  }
  if (mirrorShare < 1 && random() >= mirrorShare) mirrorLane.skip('sampled');
  else if (mirrorLane.offer(call)) call.outstanding += 1;
}
