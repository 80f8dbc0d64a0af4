// Writes docs/bucketing-vectors.json, from which other languages and later versions check that they bucket alike.
// Run: npx node scripts/bucketing-vectors.ts
import { writeFileSync } from 'node:fs';
import { bucketCount, bucketOf, bucketVersion, murmur3, saltSeed } from '../src/core/bucket.ts';

const salts = ['engramia-cutover', 'spring-2027', '', 'größer'];
const ids = [
  'a',
  'ab',
  'abc',
  'abcd',
  'acme',
  'tenant-1',
  'tenant-2',
  '00000000-0000-4000-8000-000000000000',
  '7f9c24e8-3b12-4f5e-9a1d-6c0b8d2e4f71',
  'someone@example.com',
  '__proto__',
  'constructor',
  'Zoë',
  '東京',
  '🦉 owl',
  'lone \ud800 surrogate',
  'x'.repeat(300),
];

const vectors = salts.flatMap((salt) =>
  ids.map((id) => {
    const seed = saltSeed(salt);
    return { salt, seed, id, hash: murmur3(id, seed), bucket: bucketOf(seed, id) };
  }),
);
const file = {
  version: bucketVersion,
  algorithm:
    'seed = murmur3_x86_32(utf8(salt), 0); hash = murmur3_x86_32(utf8(id), seed); bucket = floor(hash * bucketCount / 2^32)',
  inside: 'bucket < round(percent * 100)',
  bucketCount,
  vectors,
};
writeFileSync(
  new URL('../docs/bucketing-vectors.json', import.meta.url),
  `${JSON.stringify(file, null, 2)}\n`,
);
