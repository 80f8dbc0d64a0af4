import { signedHash } from './bucket.ts';

/** Stands for a place that is free. */
const free = 0;

/** A hash as it is kept: one that would stand for a free place stands for itself as 1. */
const kept = (hash: number): number => (hash === free ? 1 : hash);

/**
 * What is known of single names, found by the hash that a bucket needs anyway. A map of ten thousand costs a third of a call to
 * find that a name is not in it: its keys lie all over the memory, and it hashes them once more.
 */
export class HashedNames<Value> {
  // At most half of the places are taken, so that a search is short and always comes to a free one.
  readonly #hashes: Int32Array;
  readonly #names: string[];
  readonly #values: Value[];

  /**
   * @param seed - of the hashes that `find` will be given
   * @param hashOf - makes them. @default signedHash
   */
  constructor(
    known: readonly (readonly [name: string, value: Value])[],
    seed: number,
    hashOf: (name: string, seed: number) => number = signedHash,
  ) {
    const places = 2 ** Math.ceil(Math.log2(2 * known.length + 1));
    this.#hashes = new Int32Array(places);
    this.#names = new Array(places).fill('');
    this.#values = new Array(places);
    for (const [name, value] of known) this.#put(name, value, kept(hashOf(name, seed)));
  }

  /** @param hash - of the name, signed */
  find(name: string, hash: number): Value | undefined {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    const wanted = kept(hash);
    for (let at = wanted & last; hashes[at] !== free; at = (at + 1) & last) {
      if (hashes[at] === wanted && this.#names[at] === name) return this.#values[at];
    }
    return undefined;
  }

  #put(name: string, value: Value, hash: number): void {
    const last = this.#hashes.length - 1;
    let at = hash & last;
    while (this.#hashes[at] !== free && this.#names[at] !== name) at = (at + 1) & last;
    this.#hashes[at] = hash;
    this.#names[at] = name;
    this.#values[at] = value;
  }
}
