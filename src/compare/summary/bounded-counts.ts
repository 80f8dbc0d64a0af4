/** Counts by key, of a bounded number of keys: those that come when it is full are counted together. */
export class BoundedCounts<K extends string> {
  readonly #max: number;
  readonly #counts = new Map<string, Record<K, number>>();
  readonly #zero: Readonly<Record<K, number>>;
  #untold = 0;

  constructor(max: number, zero: Readonly<Record<K, number>>) {
    this.#max = max;
    this.#zero = zero;
  }

  /** How often a key was left out. */
  get untold(): number {
    return this.#untold;
  }

  add(key: string, what: K): void {
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      if (this.#counts.size >= this.#max) {
        this.#untold += 1;
        return;
      }
      counts = { ...this.#zero };
      this.#counts.set(key, counts);
    }
    counts[what] += 1;
  }

  /** Undefined: there is none, or there was no room for it. */
  get(key: string): Readonly<Record<K, number>> | undefined {
    return this.#counts.get(key);
  }

  entries(): [key: string, counts: Readonly<Record<K, number>>][] {
    return [...this.#counts];
  }
}
