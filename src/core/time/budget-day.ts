import { dayMs } from './spans.ts';

/** The day of UTC that a budget is for. */
export class BudgetDay {
  #day = Number.NaN;

  /**
   * Whether another day has begun since it was last asked. A clock that is set back over midnight gives no day twice; one that
   * was wrong by more than that is believed again once it is right, lest a budget stay spent until a day that is far off.
   */
  hasTurned(nowMs: number): boolean {
    const day = Math.floor(nowMs / dayMs);
    if (day === this.#day || day === this.#day - 1) return false;
    this.#day = day;
    return true;
  }
}
