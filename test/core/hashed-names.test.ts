import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saltSeed, signedHash } from '../../src/core/bucket.ts';
import { HashedNames } from '../../src/core/hashed-names.ts';

const seed = saltSeed('salt');
const find = <Value>(names: HashedNames<Value>, name: string) =>
  names.find(name, signedHash(name, seed));

describe('names found by their hash', () => {
  it('are those of a map, whatever they are called', () => {
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.uuid());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.nat())), fc.array(name), (pairs, others) => {
        const [map, names] = [new Map(pairs), new HashedNames(pairs, seed)];
        for (const one of [...map.keys(), ...others]) expect(find(names, one)).toBe(map.get(one));
      }),
    );
  });

  it('are told apart where their hashes are the same, that of a free place too', () => {
    const pairs = ['a', 'b', 'c', 'd', 'e'].map((name) => [name, name.toUpperCase()] as const);
    for (const hash of [0, 1, -1, 2 ** 31 - 1]) {
      const names = new HashedNames(pairs, seed, () => hash);
      for (const [name, value] of pairs) expect(names.find(name, hash)).toBe(value);
      expect(names.find('f', hash)).toBeUndefined();
    }
    expect(new HashedNames([['a', 1]], seed, () => 0).find('a', 1)).toBe(1);
    expect(new HashedNames([], seed).find('a', 0)).toBeUndefined();
  });
});
