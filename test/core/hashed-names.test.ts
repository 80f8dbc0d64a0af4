import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { saltSeed, signedHash } from '../../src/core/bucket.ts';
import { HashTable } from '../../src/core/hash-table.ts';
import { HashedNames } from '../../src/core/hashed-names.ts';

const seed = saltSeed('salt');
const answerOf = (name: string) => ({ of: name });
const namesOf = (names: readonly string[]) =>
  new HashedNames(
    names.map((name) => [name, answerOf(name)] as const),
    seed,
  );

/** Two names of one length that have the same hash. */
function sameHash(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i += 1) {
    const name = `${i}`.padStart(8, '0');
    const other = seen.get(signedHash(name, seed));
    if (other !== undefined) return [other, name];
    seen.set(signedHash(name, seed), name);
  }
}

describe('names found on the way to their hash', () => {
  it('are those of a map, and all others get their whole hash, whatever they are called', () => {
    const beginning = fc.constantFrom('', 'acme-', 'x'.repeat(16), 'y'.repeat(40), 'z'.repeat(90));
    const ending = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.uuid(), fc.nat());
    const name = fc.tuple(beginning, ending).map(([before, after]) => `${before}${after}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.object()), { maxLength: 60 }),
        fc.array(name),
        (pairs, others) => {
          const [map, names] = [new Map(pairs), new HashedNames(pairs, seed)];
          for (const one of [...map.keys(), ...others]) {
            expect(names.valueOrHash(one)).toBe(map.get(one) ?? signedHash(one, seed));
          }
        },
      ),
    );
  });

  it.each([
    ['before their sixteenth character', (i: number) => `${i}-of-somebody-with-a-long-name`],
    ['before their sixty-fourth', (i: number) => `${'o'.repeat(50)}-${i}-${'x'.repeat(50)}`],
    ['nowhere but at their end', (i: number) => `${'organization-'.repeat(8)}${i}`],
    ['by fewer than four characters', (i: number) => i.toString(36)],
    ['by characters that are not ASCII', (i: number) => `Straße ${i} in Köln`],
  ])('are told apart where they differ %s', (_where, nameOf) => {
    const all = Array.from({ length: 4_000 }, (_, i) => nameOf(i));
    const names = namesOf(all.slice(0, 2_000));
    for (const [i, name] of all.entries()) {
      expect(names.valueOrHash(name)).toEqual(i < 2_000 ? answerOf(name) : signedHash(name, seed));
    }
  });

  it('are told apart where their hashes are the same', () => {
    const [one, other] = sameHash();
    const hash = signedHash(one, seed);
    expect(signedHash(other, seed)).toBe(hash);
    for (const before of ['', 'organization-'.repeat(8)]) {
      // Of names that begin alike for so long, only the whole hash is looked for.
      const alike = Array.from({ length: 50 }, (_, i) => `${before}${i}`);
      expect(namesOf([one, ...alike]).valueOrHash(other)).toBe(hash);
      expect(namesOf([one, ...alike]).valueOrHash(one)).toEqual(answerOf(one));
      const both = namesOf([one, other, ...alike]);
      expect([both.valueOrHash(one), both.valueOrHash(other)]).toEqual([
        answerOf(one),
        answerOf(other),
      ]);
    }
  });

  it('keep what was said of a name last, and may be none at all', () => {
    const [first, last] = [{}, {}];
    const twice = [['a', first] as const, ['a', last] as const];
    expect(new HashedNames(twice, seed).valueOrHash('a')).toBe(last);
    expect(namesOf([]).valueOrHash('a')).toBe(signedHash('a', seed));
  });

  it.each([
    ['sixteen', (i: number) => `${i}-of-organization`],
    ['thirty', (i: number) => `organization-${i >> 6}-tenant-${i & 63}`],
    ['a hundred', (i: number) => `${'organization-'.repeat(8)}${i}`],
  ])('lie a place further on average at most, told apart by %s characters', (_count, nameOf) => {
    const put = vi.spyOn(HashTable.prototype, 'put');
    namesOf(Array.from({ length: 5_000 }, (_, i) => nameOf(i)));
    const further = put.mock.results.slice(-5_000).map(({ value }) => value as number);
    expect(further.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(5_000);
    put.mockRestore();
  });
});
