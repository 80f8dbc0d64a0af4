import { Occurrences } from './occurrences.ts';

/**
 * Length of the longest common subsequence. A bit a token of the shorter text says whether a subsequence ends there (Hyyrö,
 * AWOCA 2004), 32 of them at once; words of bits that a token does not occur in are passed over unless a carry comes in.
 */
export function lcsLength(first: Int32Array, second: Int32Array): number {
  const [short, long] = first.length <= second.length ? [first, second] : [second, first];
  const places = new Occurrences(short);
  const bits = new Int32Array((short.length + 31) >>> 5).fill(-1);
  // Tokens in every word of bits, of which there are 32 at most: place by place a text that repeats one would take minutes.
  const masks = new Map<number, Int32Array>();
  for (let at = 0; at < long.length; at += 1) {
    const place = places.first(long[at] as number);
    if (place < 0) continue;
    if ((places.counts[place] as number) <= bits.length) {
      advance(bits, place, places.next);
      continue;
    }
    const mask = masks.get(place) ?? maskOf(place, places.next, bits.length);
    masks.set(place, mask);
    advanceAll(bits, mask);
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
    const sum = (before + matched + carry) | 0;
    bits[word] = sum | (before & ~matched);
    // Of the highest bits, whose sum has no place in 32; `matched` is a part of `before`.
    carry = (matched | (before & ~sum)) >>> 31;
    word += 1;
  }
}

/** The bits of all places of a token. */
function maskOf(firstPlace: number, next: Int32Array, words: number): Int32Array {
  const mask = new Int32Array(words);
  for (let place = firstPlace; place >= 0; place = next[place] as number) {
    mask[place >>> 5] = (mask[place >>> 5] as number) | (1 << (place & 31));
  }
  return mask;
}

/** The same step for a token that occurs nearly everywhere. */
function advanceAll(bits: Int32Array, mask: Int32Array): void {
  let carry = 0;
  for (let word = 0; word < bits.length; word += 1) {
    const before = bits[word] as number;
    const matched = before & (mask[word] as number);
    const sum = (before + matched + carry) | 0;
    bits[word] = sum | (before & ~matched);
    carry = (matched | (before & ~sum)) >>> 31;
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
