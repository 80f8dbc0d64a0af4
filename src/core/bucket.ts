/** The bucketing algorithm. A change that moves any tenant gets a new name, and the vectors of the old one stay true. */
export const bucketVersion = 'v1';

/** Buckets that ids fall into: one is a hundredth of a percent, so a percentage with two decimals is met exactly. */
export const bucketCount = 10_000;

// A product with a power of two in the denominator: exact in a double, no remainder is lost.
const bucketsPerHash = bucketCount / 2 ** 32;

function mixBlock(hash: number, block: number): number {
  const scrambled = Math.imul(block, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  // Kept to 32 bits: as a double the next round would cost half as much again.
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function mixTail(hash: number, tail: number): number {
  const scrambled = Math.imul(tail, 0xcc9e2d51);
  return hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
}

function finish(hash: number, byteLength: number): number {
  let h = hash ^ byteLength;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The UTF-8 bytes of a code point, the first in the lowest eight bits. */
function packedUtf8(point: number): number {
  if (point < 0x80) return point;
  const last = 0x80 | (point & 0x3f);
  if (point < 0x800) return 0xc0 | (point >> 6) | (last << 8);
  const third = 0x80 | ((point >> 6) & 0x3f);
  if (point < 0x10000) return 0xe0 | (point >> 12) | (third << 8) | (last << 16);
  const second = 0x80 | ((point >> 12) & 0x3f);
  return 0xf0 | (point >> 18) | (second << 8) | (third << 16) | (last << 24);
}

// Bytes are made one code point at a time: encoding into a buffer first takes three times as long.
function murmur3Utf8(text: string, seed: number): number {
  let hash = seed;
  let block = 0;
  let bits = 0;
  let byteLength = 0;
  for (let i = 0; i < text.length; i += 1) {
    let point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) i += 1;
    else if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    const bytes = packedUtf8(point);
    const size = point < 0x80 ? 8 : point < 0x800 ? 16 : point < 0x10000 ? 24 : 32;
    byteLength += size >> 3;
    block |= bytes << bits;
    bits += size;
    if (bits < 32) continue;
    hash = mixBlock(hash, block);
    bits -= 32;
    block = bits === 0 ? 0 : bytes >>> (size - bits);
  }
  return finish(bits === 0 ? hash : mixTail(hash, block), byteLength);
}

/** MurmurHash3 x86 32 of a text's UTF-8 bytes, unsigned. A lone surrogate counts as U+FFFD, as in `TextEncoder`. */
export function murmur3(text: string, seed: number): number {
  return signedHash(text, seed) >>> 0;
}

/** The same as a signed number: half of the unsigned ones are too large for an engine to hand over without an object. */
export function signedHash(text: string, seed: number): number {
  return endedHash(text, seed, 0, seed);
}

/**
 * A hash of some of a text's blocks of four characters, carried on from that of the blocks before, or from the seed.
 * Undefined where one of the characters is not ASCII: such a text is hashed by its bytes, all at once.
 */
export function blocksHash(
  text: string,
  from: number,
  to: number,
  before: number,
): number | undefined {
  let hash = before;
  let seen = 0;
  for (let i = 4 * from; i < 4 * to; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    hash = mixBlock(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  return seen < 0x80 ? hash : undefined;
}

/** The `signedHash` of a text whose first blocks were hashed: `begun` is what `blocksHash` said of them. */
export function endedHash(text: string, seed: number, blocks: number, begun: number): number {
  const { length } = text;
  const end = length & ~3;
  const body = blocksHash(text, blocks, end >> 2, begun);
  if (body === undefined) return murmur3Utf8(text, seed);
  if (end === length) return finish(body, length);
  let tail = 0;
  let seen = 0;
  for (let i = length - 1; i >= end; i -= 1) {
    const unit = text.charCodeAt(i);
    seen |= unit;
    tail = (tail << 8) | unit;
  }
  return seen < 0x80 ? finish(mixTail(body, tail), length) : murmur3Utf8(text, seed);
}

/** The salt of every ramp that names none: whether in code, in a file or of a rollout, they take the same tenants first. */
export const defaultSalt = 'engramia-cutover';

/** What a salt contributes to every bucket of a rollout: computed once, not on each call. */
export function saltSeed(salt: string): number {
  return murmur3(salt, 0);
}

/**
 * The bucket of an id, 0 to `bucketCount - 1`: the same on every replica and in every version. The hash is scaled
 * instead of divided with remainder: buckets differ by at most one in 429,496 hashes (2.4e-6) either way, but scaled
 * buckets keep the order of the hashes, so that a finer count would split buckets and move nobody.
 */
export function bucketOf(seed: number, id: string): number {
  return Math.floor((signedHash(id, seed) >>> 0) * bucketsPerHash);
}

/** The buckets that a percentage takes; it has up to two decimals. */
export function bucketsIn(percent: number): number {
  return Math.round((percent * bucketCount) / 100);
}

/** The first hash beyond so many buckets: an id is in one of the first `buckets` exactly if its hash is below. */
export function hashLimit(buckets: number): number {
  return Math.ceil((buckets * 2 ** 32) / bucketCount);
}
