import type { MissedPairs } from '../../core/contracts/pair-sink.ts';

/** Sums that are kept apart; beyond them tenants share one that has no name. */
const mostSums = 1_000;

/** Sums up what there was no room for, so that it is at least counted. Bounded. */
export class Overflow {
  readonly #sums = new Map<string, MissedPairs>();

  add(misses: MissedPairs): void {
    const { kind, route, tenant, stage, why, count } = misses;
    const key = JSON.stringify([kind, route, tenant, stage, why]);
    const known = this.#sums.get(key);
    if (known !== undefined) this.#sums.set(key, { ...known, count: known.count + count });
    else if (tenant === '' || this.#sums.size < mostSums) this.#sums.set(key, misses);
    else this.add({ ...misses, tenant: '' });
  }

  /** The sums so far; it begins anew. */
  take(): readonly MissedPairs[] {
    const sums = [...this.#sums.values()];
    this.#sums.clear();
    return sums;
  }
}
