import type { MissedPairs } from '../core/contracts/pair-sink.ts';
import { hourMs } from '../core/time/spans.ts';

const keyOf = ({ at, kind, route, tenant, stage, why }: MissedPairs): string =>
  JSON.stringify([Math.floor(at / hourMs), kind, route, tenant, stage, why]);

/**
 * Misses summed up by the hour, of all that tells them apart. Beyond the bound tenants share one that has no name, so that a
 * coverage over all still balances; the oldest sums go when that is not enough.
 */
export class MissSums implements Iterable<MissedPairs> {
  readonly #max: number;
  readonly #sums = new Map<string, MissedPairs>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#sums.size;
  }

  add(misses: MissedPairs): void {
    const key = keyOf(misses);
    const before = this.#sums.get(key);
    if (before === undefined && this.#sums.size >= this.#max && misses.tenant !== '') {
      this.add({ ...misses, tenant: '' });
      return;
    }
    this.#sums.set(key, {
      ...misses,
      at: Math.max(misses.at, before?.at ?? misses.at),
      count: misses.count + (before?.count ?? 0),
    });
    if (this.#sums.size <= this.#max) return;
    for (const [oldest, gone] of this.#sums) {
      this.#sums.delete(oldest);
      if (gone.tenant !== '') this.add({ ...gone, tenant: '' });
      return;
    }
  }

  /** Takes out sums that ended before a moment, as far as they stand first. */
  forgetBefore(at: number): void {
    for (const [key, misses] of this.#sums) {
      if (misses.at >= at) return;
      this.#sums.delete(key);
    }
  }

  erase(tenant: string): void {
    for (const [key, misses] of this.#sums) if (misses.tenant === tenant) this.#sums.delete(key);
  }

  clear(): void {
    this.#sums.clear();
  }

  [Symbol.iterator](): Iterator<MissedPairs> {
    return this.#sums.values();
  }
}
