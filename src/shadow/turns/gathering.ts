import type { BundleRule } from '../work.ts';

/** What waits behind one gate for the next bundle. */
export class Gathering {
  #count = 0;
  #load = 0;
  #since = 0;

  /** One more; `now` is the monotonic time. */
  add(load: number, now: number): void {
    if (this.#count === 0) this.#since = now;
    this.#count++;
    this.#load += load;
  }

  /** One that has waited before: it does not wait for others. */
  addAgain(load: number): void {
    this.add(load, 0);
    this.#since = Number.NEGATIVE_INFINITY;
  }

  take(load: number): void {
    this.#count--;
    this.#load -= load;
  }

  /** A bundle has left: what is still here is the beginning of the next, unless some of it has waited before. */
  begin(now: number): void {
    if (Number.isFinite(this.#since)) this.#since = now;
  }

  isFull({ maxCount, maxLoad }: BundleRule): boolean {
    return this.#count >= maxCount || this.#load >= maxLoad;
  }

  /** Milliseconds until a bundle should leave; not above 0: now. */
  leftMs(rule: BundleRule, now: number): number {
    return this.isFull(rule) ? 0 : this.#since + rule.gatherMs - now;
  }
}
