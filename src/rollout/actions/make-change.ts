import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { PersonAction } from '../person-action.ts';
import type { RampCore } from '../ramp-core.ts';
import { answered, RolloutError } from '../rollout-error.ts';
import type { Change, Order } from '../state/journal.ts';

/** Makes a person's change of a state that must be there, and obeys it here at once. */
export async function makeChange(
  core: RampCore,
  order: Pick<Order, 'action' | 'asks' | 'commutes'> & { readonly by: PersonAction },
  decide: (before: RolloutState) => Change | undefined | Promise<Change | undefined>,
): Promise<RolloutState> {
  await core.ready;
  const making = core.journal.make({
    ...order,
    decide: (before) => {
      if (before !== undefined) return decide(before);
      throw new RolloutError(`${order.action}()`, 'refused', ['there is no state yet']);
    },
  });
  const state = await answered(order.action, making, { changes: true });
  core.replica.adopt(state as RolloutState);
  return state as RolloutState;
}
