import type { MissedPairs } from '../core/pair-sink.ts';

const hourMs = 3_600_000;

const keyOf = ({ at, kind, route, tenant, stage, why }: MissedPairs): string =>
  JSON.stringify([Math.floor(at / hourMs), kind, route, tenant, stage, why]);

/** Misses summed up by the hour, of all that tells them apart; the oldest sums go when there are too many. */
export class MissSums implements Iterable<MissedPairs> {
  readonly #max: number;
  readonly #sums = new Map<string, MissedPairs>();
  #lost = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#sums.size;
  }

  /** Exchanges in sums that had to go. */
  get lost(): number {
    return this.#lost;
  }

  add(misses: MissedPairs): void {
    const key = keyOf(misses);
    const before = this.#sums.get(key);
    this.#sums.set(key, {
      ...misses,
      at: Math.max(misses.at, before?.at ?? misses.at),
      count: misses.count + (before?.count ?? 0),
    });
    if (this.#sums.size <= this.#max) return;
    for (const [oldest, { count }] of this.#sums) {
      this.#sums.delete(oldest);
      this.#lost += count;
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
