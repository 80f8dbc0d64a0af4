import { describe, expect, it } from 'vitest';
import { HashTable } from '../../src/core/hash-table.ts';

const values = { a: {}, b: {}, c: {} };
type Name = keyof typeof values;

function tableOf(hashes: Readonly<Record<Name, number>>, most = 3) {
  const table = new HashTable<object>(most);
  const further = Object.entries(hashes).map(([name, hash]) =>
    table.put(name, hash, values[name as Name]),
  );
  return { table, further };
}

describe('a table of names by their hashes', () => {
  it.each([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1])(
    'tells names of one hash apart, as %i, and says how far each had to go',
    (hash) => {
      const { table, further } = tableOf({ a: hash, b: hash, c: hash });
      expect(further).toEqual([0, 1, 2]);
      for (const name of ['a', 'b', 'c'] as const)
        expect(table.find(name, hash)).toBe(values[name]);
      expect(table.find('d', hash)).toBeUndefined();
      expect(table.put('b', hash, values.c)).toBe(1);
      expect(table.find('b', hash)).toBe(values.c);
    },
  );

  it('tells hashes of one place apart, and goes on at the first behind the last', () => {
    // Sixteen places for three names: these all belong into the last one.
    const { table, further } = tableOf({ a: 15, b: 31, c: 47 });
    expect(further).toEqual([0, 1, 2]);
    expect(table.find('b', 31)).toBe(values.b);
    expect(table.find('b', 15)).toBeUndefined();
    expect(table.find('c', 31)).toBeUndefined();
  });

  it('holds as many as were announced and still knows who is not there', () => {
    for (const most of [0, 1, 2, 7, 8, 1_000]) {
      const table = new HashTable<object>(most);
      for (let i = 0; i < most; i += 1) table.put(`${i}`, i * 7, values.a);
      for (let i = 0; i < most; i += 1) expect(table.find(`${i}`, i * 7)).toBe(values.a);
      for (let i = 0; i < 2_000; i += 1) expect(table.find('nobody', i)).toBeUndefined();
    }
  });
});
