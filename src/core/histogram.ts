// Eight buckets an octave: a quantile is off by at most 9 %.
const perOctave = 8;
// From 2^-10 ms (1 µs) to 2^22 ms (70 min).
const lowest = -10 * perOctave;
const size = 32 * perOctave;

/** Quantiles of durations, in fixed memory. */
export class Histogram {
  #buckets: Uint32Array | undefined;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    const index = Math.round(Math.log2(ms) * perOctave) - lowest;
    this.#buckets ??= new Uint32Array(size);
    const slot = Math.min(size - 1, Math.max(0, index));
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + 1;
    this.#count += 1;
  }

  /** Milliseconds below which the given share (0 to 1) of the durations lie; undefined without any. */
  quantile(share: number): number | undefined {
    if (this.#buckets === undefined) return undefined;
    let left = share * this.#count;
    for (let index = 0; index < size; index += 1) {
      left -= this.#buckets[index] ?? 0;
      if (left <= 0) return 2 ** ((index + lowest) / perOctave);
    }
    return undefined;
  }
}
