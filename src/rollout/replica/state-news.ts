import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { haveSameOverrides } from './same-overrides.ts';

/** What tells states of one version apart, besides the overrides. */
const told = [
  'from',
  'to',
  'percent',
  'step',
  'since',
  'status',
  'why',
  'policyHash',
  'actor',
  'salt',
] as const;

/** Whether two states of one version differ: the store has lost one of them. */
export function differ(some: RolloutState, other: RolloutState): boolean {
  return told.some((name) => some[name] !== other[name]) || !haveSameOverrides(some, other);
}

/** Whether a state is newer, or another one in the place of one that the store has lost. */
export function isNews(state: RolloutState, before: RolloutState): boolean {
  return state.version === before.version ? differ(state, before) : state.version > before.version;
}
