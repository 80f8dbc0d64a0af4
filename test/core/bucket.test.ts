import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketCount,
  bucketOf,
  bucketsIn,
  bucketVersion,
  hashLimit,
  murmur3,
  saltSeed,
} from '../../src/core/bucket.ts';

/** MurmurHash3 x86 32 by its definition, in arithmetic that cannot overflow. */
function referenceHash(bytes: Uint8Array, seed: number): number {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask;
  const scramble = (k: bigint): bigint =>
    (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  const little = (from: number, to: number): bigint =>
    bytes.subarray(from, to).reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
  const end = bytes.length - (bytes.length % 4);
  let h = BigInt(seed);
  for (let i = 0; i < end; i += 4) {
    h = (rotate(h ^ scramble(little(i, i + 4)), 13n) * 5n + 0xe6546b64n) & mask;
  }
  h ^= scramble(little(end, bytes.length)) ^ BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(h ^ (h >> 16n));
}

const referenceBucket = (salt: string, id: string): number => {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  const hash = referenceHash(utf8(id), referenceHash(utf8(salt), 0));
  return Number((BigInt(hash) * BigInt(bucketCount)) / 2n ** 32n);
};

describe('murmur3', () => {
  // Published vectors of MurmurHash3 x86 32 whose bytes are valid UTF-8.
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['\0', 0, 0x514e28b7],
    ['\0\0', 0, 0x30f4c306],
    ['\0\0\0', 0, 0x85f0b427],
    ['\0\0\0\0', 0, 0x2362f9de],
    ['!', 0, 0x72661cf4],
    ['!C', 0, 0xa0f7b07a],
    ['!Ce', 0, 0x7e4a8634],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aa', 0x9747b28c, 0x5d211726],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['abc', 0, 0xb3dd93fa],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 1234, 0xfaf6cdb3],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 0, 0xee925b90],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
    ['a'.repeat(256), 0x9747b28c, 0x37405bdc],
  ])('hashes %j with seed %i to the published value', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
  });

  it('equals the definition over the UTF-8 bytes of any text, lone surrogates included', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'binary-ascii', maxLength: 60 }),
      fc
        .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 12 })
        .map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 0xffffffff }), (text, seed) => {
        expect(murmur3(text, seed)).toBe(referenceHash(new TextEncoder().encode(text), seed));
      }),
      { numRuns: 2_000 },
    );
  });
});

const uuid = (n: number): string => {
  // A permutation of n, spread over the hexadecimal digits.
  const a = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  const b = Math.imul(a ^ (a >>> 15), 0x85ebca6b) >>> 0;
  const hex = `${a.toString(16).padStart(8, '0')}${b.toString(16).padStart(8, '0')}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(1, 4)}-${hex.slice(0, 12)}`;
};

const kinds: Record<string, (n: number) => string> = {
  uuid,
  sequential: (n) => String(n),
  'tenant-n': (n) => `tenant-${n}`,
  'e-mail': (n) => `user.${n}@example${n % 7}.com`,
  'non-ASCII': (n) => `Ünïversität-東京-${n}`,
};

const ids = 200_000;

/** The chi-square statistic of counts against equal shares, as a normal z. */
function uniformityZ(counts: Float64Array, total: number): number {
  const expected = total / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

function correlation(first: readonly number[], second: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanFirst, meanSecond] = [mean(first), mean(second)];
  let covariance = 0;
  let spreadFirst = 0;
  let spreadSecond = 0;
  first.forEach((value, i) => {
    const [x, y] = [value - meanFirst, (second[i] ?? 0) - meanSecond];
    covariance += x * y;
    spreadFirst += x * x;
    spreadSecond += y * y;
  });
  return covariance / Math.sqrt(spreadFirst * spreadSecond);
}

describe('Promise 7 (sticky and monotone): the bucket of an id', () => {
  it('is the published one for every vector', () => {
    const path = new URL('../../docs/bucketing-vectors.json', import.meta.url);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    expect(file).toMatchObject({ version: bucketVersion, bucketCount });
    expect(file.vectors.length).toBeGreaterThan(50);
    for (const { salt, seed, id, hash, bucket } of file.vectors) {
      expect(saltSeed(salt)).toBe(seed);
      expect(murmur3(id, seed)).toBe(hash);
      expect(bucketOf(seed, id)).toBe(bucket);
      expect(referenceBucket(salt, id)).toBe(bucket);
    }
  });

  it('is a whole number below the count, and the same every time', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (salt, id) => {
        const bucket = bucketOf(saltSeed(salt), id);
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < bucketCount).toBe(true);
        expect(bucketOf(saltSeed(`${salt}`), [...id].join(''))).toBe(bucket);
        expect(referenceBucket(salt, id)).toBe(bucket);
      }),
      { numRuns: 500 },
    );
  });

  it('is inside of a percentage of two decimals by as many buckets as it has hundredths', () => {
    for (let hundredths = 0; hundredths <= bucketCount; hundredths += 1) {
      if (bucketsIn(hundredths / 100) === hundredths) continue;
      expect.fail(`${hundredths / 100} % takes ${bucketsIn(hundredths / 100)} buckets`);
    }
  });

  it('is among the first buckets exactly if the hash is below their limit', () => {
    const bucket = (hash: number): number => Math.floor((hash * bucketCount) / 2 ** 32);
    for (let buckets = 1; buckets < bucketCount; buckets += 1) {
      const limit = hashLimit(buckets);
      expect([bucket(limit - 1) < buckets, bucket(limit) < buckets]).toEqual([true, false]);
    }
    expect([hashLimit(0), hashLimit(bucketCount)]).toEqual([0, 2 ** 32]);
  });

  it.each(Object.keys(kinds))('is uniform over %s ids (|z| <= 4)', (kind) => {
    const idOf = kinds[kind] as (n: number) => string;
    for (const salt of ['engramia-cutover', 'spring-2027', '']) {
      const seed = saltSeed(salt);
      const fine = new Float64Array(bucketCount);
      const coarse = new Float64Array(100);
      for (let n = 0; n < ids; n += 1) {
        const bucket = bucketOf(seed, idOf(n));
        fine[bucket] = (fine[bucket] ?? 0) + 1;
        coarse[Math.floor(bucket / 100)] = (coarse[Math.floor(bucket / 100)] ?? 0) + 1;
      }
      expect(Math.abs(uniformityZ(fine, ids))).toBeLessThanOrEqual(4);
      expect(Math.abs(uniformityZ(coarse, ids))).toBeLessThanOrEqual(4);
    }
  });

  // With a million ids |r| <= 0.005 is five standard errors.
  it('under one salt says nothing about the bucket under another (|r| <= 0.005)', () => {
    const tenants = Array.from({ length: 1_000_000 }, (_, n) => `tenant-${n}`);
    const under = (salt: string): number[] => {
      const seed = saltSeed(salt);
      return tenants.map((id) => bucketOf(seed, id));
    };
    const [first, second, third] = [under('chat-1'), under('chat-2'), under('engramia-cutover')];
    expect(Math.abs(correlation(first, second))).toBeLessThanOrEqual(0.005);
    expect(Math.abs(correlation(first, third))).toBeLessThanOrEqual(0.005);
    expect(Math.abs(correlation(second, third))).toBeLessThanOrEqual(0.005);
  });
});
