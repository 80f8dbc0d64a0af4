import { defaultSalt } from '../../core/bucket.ts';
import type { FullPlan } from '../plan/full-plan.ts';
import { factsOf } from './facts-of.ts';
import type { Change } from './journal.ts';
import { firstDraft } from './ramp-state.ts';

/** The plan as the trail holds it, where it has room for it. */
export function planOf({ policy }: FullPlan): object {
  return policy === undefined ? {} : { plan: policy };
}

/** The state that a rollout begins with, where the store has none of its name. */
export function firstChange(
  plan: FullPlan,
  { rollout, salt = defaultSalt, at }: { rollout: string; salt: string | undefined; at: number },
): Change {
  const draft = firstDraft(plan, salt, at);
  const told = {
    kind: 'rollout.created',
    actor: 'system',
    reason: 'the app was started with this plan',
    evidence: planOf(plan),
  } as const;
  const facts = factsOf({ rollout, at, before: undefined, after: draft }, told);
  return { draft, actor: 'system', facts };
}
