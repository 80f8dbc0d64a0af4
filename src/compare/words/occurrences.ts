/** Where each token of a text occurs: an open hash table of chains, in ascending order. */
export class Occurrences {
  /** The next place of the same token; -1: none. */
  readonly next: Int32Array;
  /** How often the same token occurs from a place on. */
  readonly counts: Int32Array;
  readonly #tokens: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;

  constructor(tokens: Int32Array) {
    const slots = 2 ** Math.ceil(Math.log2(2 * tokens.length + 1));
    this.#tokens = tokens;
    this.#mask = slots - 1;
    this.#heads = new Int32Array(slots).fill(-1);
    this.next = new Int32Array(tokens.length);
    this.counts = new Int32Array(tokens.length);
    for (let at = tokens.length - 1; at >= 0; at -= 1) {
      const slot = this.#slotOf(tokens[at] as number);
      const next = this.#heads[slot] as number;
      this.next[at] = next;
      this.counts[at] = next < 0 ? 1 : (this.counts[next] as number) + 1;
      this.#heads[slot] = at;
    }
  }

  /** The first place of a token; -1: it does not occur. */
  first(token: number): number {
    return this.#heads[this.#slotOf(token)] as number;
  }

  #slotOf(token: number): number {
    let slot = token & this.#mask;
    for (;;) {
      const head = this.#heads[slot] as number;
      if (head < 0 || this.#tokens[head] === token) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
