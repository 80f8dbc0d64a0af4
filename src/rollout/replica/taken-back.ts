import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Stage } from '../../core/stage.ts';
import { backTo, rolledBack } from '../state/ramp-state.ts';
import { StageTable } from './stage-table.ts';

/** Whether tenants are taken back in this process whatever the state says, and to which stage. */
export class TakenBack {
  #isSo = false;
  /** The lowest stage that was asked for; undefined: none was. */
  #asked: Stage | undefined;

  get isSo(): boolean {
    return this.#isSo;
  }

  /** Takes back, to a stage that was asked for, or no longer. False: that is so already. */
  set(isSo: boolean, to?: Stage): boolean {
    const lowest = to === undefined ? this.#asked : backTo(to, this.#asked);
    const asked = isSo ? lowest : undefined;
    if (isSo === this.#isSo && asked === this.#asked) return false;
    this.#isSo = isSo;
    this.#asked = asked;
    return true;
  }

  /** Where those go who are outside of the ramp. */
  outside(from: Stage): Stage {
    return backTo(from, this.#asked);
  }

  /** Who is where as the store will have it; undefined: nobody who is with legacy has to go back any further. */
  tableOf(state: RolloutState | undefined): StageTable | undefined {
    if (state === undefined || this.#asked === undefined) return undefined;
    const back = { to: this.outside(state.from), at: state.since, status: 'rolled-back' } as const;
    return new StageTable(rolledBack(state, back));
  }
}
