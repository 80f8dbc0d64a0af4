/** How much two sets of tokens have in common, each 0 to 1; without any token on both sides all is in common. */
export interface Overlap {
  /** The common ones by all. */
  readonly jaccard: number;
  /** The common ones by those of the smaller set. */
  readonly contained: number;
}

/** Compares sets of hashes that are given in ascending order; repetitions make no difference. */
export function overlapOf(first: Int32Array, second: Int32Array): Overlap {
  let [i, j, common, onlyFirst, onlySecond] = [0, 0, 0, 0, 0];
  while (i < first.length && j < second.length) {
    const a = first[i] as number;
    const b = second[j] as number;
    if (a === b) common += 1;
    else if (a < b) onlyFirst += 1;
    else onlySecond += 1;
    if (a <= b) i = after(first, i, a);
    if (b <= a) j = after(second, j, b);
  }
  for (; i < first.length; onlyFirst += 1) i = after(first, i, first[i] as number);
  for (; j < second.length; onlySecond += 1) j = after(second, j, second[j] as number);
  const all = common + onlyFirst + onlySecond;
  const smaller = common + Math.min(onlyFirst, onlySecond);
  return {
    jaccard: all === 0 ? 1 : common / all,
    contained: smaller === 0 ? Number(all === 0) : common / smaller,
  };
}

/** The place after a value and its repetitions. */
function after(sorted: Int32Array, from: number, value: number): number {
  let at = from + 1;
  while (sorted[at] === value) at += 1;
  return at;
}
