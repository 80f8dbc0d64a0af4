/** Tries that are earned by one first try. */
const perTry = 0.1;

/** Retries that may be spent at once; also what there is at the beginning. */
const mostSaved = 10;

/** Retries for an address: one for ten first tries, and a few in hand, so that retrying never multiplies an outage. */
export class RetryBudget {
  #saved = mostSaved;

  /** Counts a first try. */
  earn(): void {
    this.#saved = Math.min(mostSaved, this.#saved + perTry);
  }

  /** Takes a retry. False: there is none left. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
