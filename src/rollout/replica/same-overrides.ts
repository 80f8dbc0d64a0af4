import type { RolloutState } from '../../core/contracts/rollout-state.ts';

type Holder = Pick<RolloutState, 'overrides'>;

/** Whether the same tenants have the same stages of their own. */
export function haveSameOverrides(a: Holder, b: Holder): boolean {
  const [some, others] = [a.overrides, b.overrides];
  if (some === others) return true;
  const tenants = Object.keys(some);
  return (
    tenants.length === Object.keys(others).length &&
    tenants.every((tenant) => Object.hasOwn(others, tenant) && others[tenant] === some[tenant])
  );
}
