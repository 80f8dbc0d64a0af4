/** How much two sets of tokens have in common, each 0 to 1; without any token on both sides all is in common. */
export interface Overlap {
  /** The common ones by all. */
  readonly jaccard: number;
  /** The common ones by those of the smaller set. */
  readonly contained: number;
}

/** In which of the two a hash was met; 0: a place that is free. */
const met = { first: 1, both: 2, second: 3 } as const;

/** Drawn anew in each process: nobody can write a text whose words all want the same place of the table. */
const multiplier = (Math.random() * 2 ** 32) | 1;

/** Compares sets of hashes; their order and repetitions make no difference. */
export function overlapOf(first: Int32Array, second: Int32Array): Overlap {
  // A table that is at most half full, in one function: calls for each hash would double what this takes.
  const bits = 33 - Math.clz32(Math.max(first.length + second.length, 2) - 1);
  const [shift, mask] = [32 - bits, 2 ** bits - 1];
  const [keys, states] = [new Int32Array(2 ** bits), new Uint8Array(2 ** bits)];
  let [inFirst, common, onlySecond] = [0, 0, 0];
  for (let at = 0; at < first.length; at += 1) {
    const hash = first[at] as number;
    let place = Math.imul(hash, multiplier) >>> shift;
    while (states[place] !== 0 && keys[place] !== hash) place = (place + 1) & mask;
    if (states[place] !== 0) continue;
    inFirst += 1;
    keys[place] = hash;
    states[place] = met.first;
  }
  for (let at = 0; at < second.length; at += 1) {
    const hash = second[at] as number;
    let place = Math.imul(hash, multiplier) >>> shift;
    while (states[place] !== 0 && keys[place] !== hash) place = (place + 1) & mask;
    if (states[place] === met.first) {
      common += 1;
      states[place] = met.both;
    } else if (states[place] === 0) {
      onlySecond += 1;
      keys[place] = hash;
      states[place] = met.second;
    }
  }
  const all = inFirst + onlySecond;
  const smaller = Math.min(inFirst, common + onlySecond);
  return {
    jaccard: all === 0 ? 1 : common / all,
    contained: smaller === 0 ? Number(all === 0) : common / smaller,
  };
}
