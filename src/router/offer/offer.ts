import type { Call } from '../call.ts';
import { keepTurns, leaveTurns } from './kept-turns.ts';
import { NoiseExchange } from './noise-exchange.ts';

/** What is to become of the other leg of a call; undefined: nobody wants it mirrored. */
export type MirrorIntent = 'offer' | 'sampled' | 'unsafe' | undefined;

/**
 * Hands a served call to the shadow: references only, synchronous, never throws. A promise comes back only where the app
 * asked that the caller wait (`background.mode: 'await'`).
 */
export function offerToShadow(call: Call): Promise<void> | undefined {
  const { follows, hooks, background } = call.owner;
  if (follows[call.plan.order] === false) return undefined;
  // What a candidate has thrown is known before the app's error handler has made a reply of it.
  if (hooks?.delivered === undefined || hasFailedItself(call)) {
    offer(call);
    return background?.hold(call);
  }
  const offered = hooks.delivered(call.args, call.reply).then(
    (delivered) => {
      // It reached the client whole, and told of its failure: it was offered when that was known.
      if (hasFailedItself(call)) return;
      call.reply = delivered;
      offer(call);
    },
    (reason: unknown) => {
      if (call.stream?.cut === true) {
        // The user did not get it, so there is nothing to learn or compare.
        if (call.begun !== undefined) leaveTurns(call, 'cut');
        return;
      }
      // That legacy has failed is evidence; a candidate's failure was offered when it was known.
      const hasFailed = call.status === 'rejected' && isServerError(reason);
      if (hasFailed && call.leg === 'legacy') offer(call);
    },
  );
  // The delivery is part of what is waited for: a reply that waited for it would wait for itself.
  void background?.hold(call, offered);
  return undefined;
}

/** Of legacy's failure the app's error handler makes a reply. */
const hasFailedItself = ({ status, leg }: Call): boolean =>
  status === 'rejected' && leg === 'candidate';

/** What an app refuses by its status is no failure of its handler. */
const isServerError = (reason: unknown): boolean =>
  Number((reason as { readonly status?: unknown } | undefined)?.status) >= 500;

/** Offers a call whose reply is known; the caller has it already, or gets it now. */
export function offer(call: Call, intent: MirrorIntent = mirrorIntent(call)): void {
  const { owner: route, plan } = call;
  // Before a kill is looked at: what was served is part of the conversation, and of what the old side lacks.
  if (call.begun !== undefined) keepTurns(call);
  if (call.callerGone || route.switchboard.killed) return;
  if (plan.learns && call.status === 'fulfilled' && route.learnLane?.offer(call)) {
    call.waiter?.taskBegun();
  }
  if (intent === 'offer') {
    if (route.mirrorLane.offer(call)) call.waiter?.taskBegun();
  } else if (intent === 'unsafe') notMirrored(call);
  else if (intent === 'sampled') route.mirrorLane.skip('sampled', call);
  if (intent !== undefined && call.isNoiseDrawn === true) {
    if (route.mirrorLane.offer(new NoiseExchange(call))) call.waiter?.taskBegun();
  }
}

/**
 * Draws whether a call is mirrored, and whether legacy is to answer it twice: once a call, at the latest when its reply is
 * handed over.
 */
export function mirrorIntent(call: Call): MirrorIntent {
  const { mirrors: leg } = call.plan;
  if (leg === undefined || call.fellBack || !call.owner.compares) return undefined;
  const { mirrors, mirrorShare, noiseShare, random } = call.owner;
  // Legacy without a `legacyShadow` is simply not mirrored; a candidate that nobody vouched for is a gap to be told.
  if (!mirrors[leg]) return leg === 'legacy' ? undefined : 'unsafe';
  if (noiseShare > 0 && leg === 'candidate' && isDrawn(noiseShare, random))
    call.isNoiseDrawn = true;
  return isDrawn(mirrorShare, random) ? 'offer' : 'sampled';
}

/** At 0 nothing is drawn, at 1 everything. */
function isDrawn(share: number, random: () => number): boolean {
  return share >= 1 || random() < share;
}

/** Counts a reply that was served untouched, since it could not be looked into. */
export function offerUnreadable(call: Call, intent: MirrorIntent): void {
  const { owner: route, plan } = call;
  if (call.begun !== undefined) leaveTurns(call, call.callerGone ? 'cut' : 'unreadable');
  if (call.callerGone || route.switchboard.killed) return;
  if (plan.learns) route.learnLane?.skip('unreadable', call);
  if (intent === 'offer') route.mirrorLane.skip('unreadable', call);
  else if (intent === 'sampled') route.mirrorLane.skip('sampled', call);
  else if (intent === 'unsafe') notMirrored(call);
  if (call.isNoiseDrawn === true) {
    route.mirrorLane.skip('unreadable', new NoiseExchange(call));
  }
}

function notMirrored(call: Call): void {
  call.owner.mirrorLane.skip('unsafe', call);
  call.owner.warnOnce(
    'unsafe',
    `The candidate of route "${call.route}" is not declared safe, so stage "shadow" only learns. Wrap it in shadowSafe() if it honours context.mirrored.`,
    call.route,
  );
}
