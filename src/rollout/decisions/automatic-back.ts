import { requireReview } from '../../audit/reviews.ts';
import type { AuditFact } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { factsOf, type RampFactKind } from '../state/facts-of.ts';
import type { Change } from '../state/journal.ts';
import { draftOf, type RampDraft, rolledBack } from '../state/ramp-state.ts';

/** The decision of a machine to take everybody back, and the review that it asks for. */
export function latching(rollout: string, before: RolloutState, at: number, why: Why): Change {
  const after: RampDraft = {
    ...rolledBack(before, { to: before.from, at, status: 'latched' }),
    why: why.reason,
  };
  return automatic({ rollout, at, before, after }, 'rollback', why);
}

/** The decision of a machine to stand still, since the way back is dead; it asks for a review. */
export function freezing(rollout: string, before: RolloutState, at: number, why: Why): Change {
  const after: RampDraft = { ...draftOf(before), status: 'frozen', why: why.reason };
  return automatic({ rollout, at, before, after }, 'ramp.frozen', why);
}

/** What a machine decided on. */
export interface Why {
  readonly reason: string;
  readonly evidence: object;
}

function automatic(
  changed: Parameters<typeof factsOf>[0],
  kind: RampFactKind,
  { reason, evidence }: Why,
): Change {
  const facts = factsOf(changed, { kind, actor: 'system', reason, evidence });
  const review = requireReview(facts[0] as AuditFact);
  return { draft: changed.after, actor: 'system', facts: [...facts, review] };
}
