import type { LatencyBucket } from './contracts/stats.ts';

// Eight slots an octave: a quantile is off by at most 5 %.
const perOctave = 8;
// From 2^-10 ms (1 µs) to 2^22 ms (70 min).
const lowest = -10 * perOctave;
const size = 32 * perOctave;

/** What is told of the slots: from 1 ms to 2^17 ms (131 s), a bucket an octave. */
const octaves = Array.from({ length: 18 }, (_, octave) => octave);

/** Durations in fixed memory, told as quantiles and as buckets. */
export class Histogram {
  #slots: Uint32Array | undefined;
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  record(ms: number): void {
    // Rounded up, so that a power of two is the last of its slot: buckets count up to and including their bound.
    const index = Math.ceil(Math.log2(ms) * perOctave) - lowest;
    this.#slots ??= new Uint32Array(size);
    const slot = Math.min(size - 1, Math.max(0, index));
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += ms;
  }

  /** Milliseconds below which the given share (0 to 1) of the durations lie; undefined without any. */
  quantile(share: number): number | undefined {
    if (this.#slots === undefined) return undefined;
    let left = share * this.#count;
    for (let index = 0; index < size; index += 1) {
      left -= this.#slots[index] ?? 0;
      if (left <= 0) return 2 ** ((index - 0.5 + lowest) / perOctave);
    }
    return undefined;
  }

  /** How many took at most 1, 2, 4, … ms; empty without any. */
  buckets(): LatencyBucket[] {
    const slots = this.#slots;
    if (slots === undefined) return [];
    let count = 0;
    let next = 0;
    return octaves.map((octave) => {
      const last = octave * perOctave - lowest;
      for (; next <= last; next += 1) count += slots[next] ?? 0;
      return { upToMs: 2 ** octave, count };
    });
  }
}
