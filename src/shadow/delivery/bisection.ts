/** Halvings that the search for bad records in one batch may take: two of 64 are always found. */
const mostHalvings = 11;

/** The search for the records for which a batch was not accepted; what it may cost is bounded. */
export class Bisection {
  #left = mostHalvings;

  /** Takes a halving. False: there is none left. */
  spend(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
