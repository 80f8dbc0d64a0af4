import { defaultSalt } from '../../core/bucket.ts';
import type { StoredRollout } from '../../core/contracts/rollout-store.ts';
import { CutoverError } from '../../core/errors.ts';
import type { FullPlan } from '../plan/full-plan.ts';
import { factsOf } from './facts-of.ts';
import type { Change } from './journal.ts';
import { firstDraft } from './ramp-state.ts';

/** The plan as the trail holds it, where it has room for it. */
export function planOf({ policy }: FullPlan): object {
  return policy === undefined ? {} : { plan: policy };
}

/**
 * Refuses to begin where there was a state: whoever has taken it away has not taken the ramp back, and to begin anew would.
 *
 * @throws CutoverError with the code `ERR_CUTOVER_STATE`
 */
export function refuseBegun({ version, head }: StoredRollout): void {
  if (version === 0 && head.length === 0) return;
  const message = `The state of a rollout in the store cannot be obeyed: it is gone, and its trail, which has ${head.length} entries, goes on from it. Who has taken it away has to put it back, under a higher version.`;
  throw new CutoverError('ERR_CUTOVER_STATE', message);
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
