import type { RolloutState, RolloutStatus } from '../../core/contracts/rollout-state.ts';
import { RolloutError } from '../rollout-error.ts';

/** What a person can do to a ramp, but for a rollback, which is never refused by a status. */
export type ActionName =
  | 'advance'
  | 'approve'
  | 'set'
  | 'hold'
  | 'resume'
  | 'allow'
  | 'deny'
  | 'complete';

const everywhere: readonly RolloutStatus[] = [
  'ramping',
  'held',
  'awaiting-approval',
  'rolled-back',
  'latched',
  'frozen',
  'complete',
];
const moving: readonly RolloutStatus[] = ['ramping', 'held', 'awaiting-approval'];

/** Where each action is taken. `allow` puts tenants with the candidate, `deny` with legacy. */
const taken: Readonly<Record<ActionName, readonly RolloutStatus[]>> = {
  advance: ['ramping'],
  approve: ['awaiting-approval'],
  set: moving,
  hold: ['ramping', 'awaiting-approval'],
  resume: ['held', 'rolled-back', 'latched', 'frozen'],
  allow: [...moving, 'complete'],
  deny: everywhere,
  complete: ['ramping', 'awaiting-approval', 'frozen'],
};

/** What a status means to whoever wants something else. */
const mends: Readonly<Record<RolloutStatus, string>> = {
  ramping: 'the ramp is moving',
  held: 'the ramp is held: resume() it first',
  'awaiting-approval': 'the next step awaits a person: approve() or hold() it',
  'rolled-back': 'the ramp was rolled back: resume() begins it anew',
  latched: 'the ramp rolled back by itself: a person has to look at it and resume() it',
  frozen:
    'the ramp is frozen, since legacy is dead: resume() it once that is mended; where it never will be, set({ percent: 100, force: true }) and complete() it',
  complete: 'the migration is complete',
};

/** Whether an action is taken in a status. */
export function mayAct(action: ActionName, status: RolloutStatus): boolean {
  return taken[action].includes(status);
}

/**
 * Refuses what is not done in the present status.
 *
 * @throws RolloutError that says what to do instead
 */
export function refuseStatus(action: ActionName, current: RolloutState): void {
  if (mayAct(action, current.status)) return;
  throw new RolloutError(`${action}()`, 'refused', [mends[current.status]], { current });
}
