import type { CandidateCall } from './candidate-call.ts';
import { saidYes } from './yes-or-no.ts';

/** Whether legacy might answer in the candidate's place if it failed now, whatever the app's own rule says of that failure. */
export const couldFallBack = ({ plan, run, owner }: CandidateCall): boolean =>
  plan.fallback && run === 'open' && owner.fallback.allows !== false && !owner.legacyGone;

/** Whether a reply is a failure to the app. */
export function isFailure(call: Pick<CandidateCall, 'owner' | 'route'>, reply: unknown): boolean {
  try {
    const answer: unknown = call.owner.fallback.isFailure(reply);
    if (typeof answer === 'boolean') return answer;
    const { reporter } = call.owner;
    return saidYes(answer, 'fallback.isFailure', { reporter, route: call.route });
  } catch (error) {
    call.owner.reporter.contained('fallback.isFailure', error, { route: call.route });
    return false;
  }
}

/** Whether legacy answers in the candidate's place. */
export function mayFallBack(call: CandidateCall, reason: unknown): boolean {
  const { fallback, legacyGone, reporter } = call.owner;
  if (!call.plan.fallback || call.run !== 'open' || call.callerGone || legacyGone) return false;
  if (typeof fallback.allows === 'boolean') return fallback.allows;
  try {
    const answer: unknown = fallback.allows(reason, call);
    const isYes = saidYes(answer, 'fallback.when', { reporter, route: call.route });
    // Asked again: the app's rule may itself have committed, or taken its time to be asked twice.
    return isYes && call.run === 'open';
  } catch (error) {
    reporter.contained('fallback.when', error, { route: call.route });
    return false; // legacy after a candidate that perhaps acted is the worse mistake
  }
}
