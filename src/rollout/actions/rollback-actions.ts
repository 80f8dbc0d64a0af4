import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { check } from '../../core/option-checks.ts';
import { inOrder, refuseNameless } from '../person-action.ts';
import { fromCheck } from '../plan/full-plan.ts';
import type { RampCore } from '../ramp-core.ts';
import type { RollbackAction } from '../rollout.ts';
import type { RollbackOrder } from '../state/rollbacks.ts';

const checks = { to: fromCheck, stopLearning: check.boolean, force: check.boolean };

/** The way back, as people take it. */
export class RollbackActions {
  readonly #core: RampCore;

  constructor(core: RampCore) {
    this.#core = core;
  }

  async rollback(given: RollbackAction): Promise<RolloutState> {
    const by = inOrder(given);
    refuseNameless('rollback', by, checks);
    return this.#core.rollbacks.order(this.#orderOf('rollback', by));
  }

  kill(given: RollbackAction): 'killed' | 'frozen' {
    const by = inOrder(given);
    refuseNameless('kill', by, checks);
    const order = this.#orderOf('kill', by);
    // Told by the warnings where it fails; it is tried again until it stands.
    this.#core.rollbacks.order(order).catch(() => undefined);
    return order.kind === 'ramp.frozen' ? 'frozen' : 'killed';
  }

  #orderOf(kind: 'rollback' | 'kill', by: RollbackAction): RollbackOrder {
    const { actor, reason, requestId, force = false } = by;
    const to = by.stopLearning === true ? 'off' : by.to;
    // Without the version that was expected: a way back stands against every version.
    const person = requestId === undefined ? { actor, reason } : { actor, reason, requestId };
    const { legacyAlive, replica } = this.#core;
    // Whoever has frozen it knows of a dead way back, heard of here or not.
    const isDead = !legacyAlive || replica.state?.status === 'frozen';
    if (isDead && !force) return { kind: 'ramp.frozen', by: person };
    return { kind, by: person, force, overDead: isDead, ...(to === undefined ? {} : { to }) };
  }
}
