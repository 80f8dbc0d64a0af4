import { Occurrences } from './occurrences.ts';

/**
 * Length of the longest common subsequence. A bit a token of the shorter text says whether a subsequence ends there (Hyyrö,
 * AWOCA 2004), 32 of them at once; words of bits that a token does not occur in are passed over unless a carry comes in.
 */
export function lcsLength(first: Int32Array, second: Int32Array): number {
  const [short, long] = first.length <= second.length ? [first, second] : [second, first];
  const places = new Occurrences(short);
  const bits = new Int32Array((short.length + 31) >>> 5).fill(-1);
  for (let at = 0; at < long.length; at += 1) {
    advance(bits, places.first(long[at] as number), places.next);
  }
  let length = 0;
  for (const word of bits) length += ones(~word);
  return length;
}

/** One step of the addition `bits + (bits & occurrences)`, from the lowest occurrence on. */
function advance(bits: Int32Array, firstPlace: number, next: Int32Array): void {
  let place = firstPlace;
  let carry = 0;
  let word = place >>> 5;
  while (place >= 0 || carry === 1) {
    if (carry === 0) word = place >>> 5;
    if (word >= bits.length) return;
    let mask = 0;
    while (place >= 0 && place >>> 5 === word) {
      mask |= 1 << (place & 31);
      place = next[place] as number;
    }
    const before = bits[word] as number;
    const matched = before & mask;
    const sum = (before >>> 0) + (matched >>> 0) + carry;
    bits[word] = sum | (before & ~matched);
    carry = sum > 0xffffffff ? 1 : 0;
    word += 1;
  }
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** ROUGE-L: twice the longest common subsequence by both lengths, 0 to 1. Two empty texts are alike. */
export function rougeL(first: Int32Array, second: Int32Array): number {
  const both = first.length + second.length;
  return both === 0 ? 1 : (2 * lcsLength(first, second)) / both;
}
