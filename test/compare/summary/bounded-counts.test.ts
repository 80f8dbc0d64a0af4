import { expect, it } from 'vitest';
import { BoundedCounts } from '../../../src/compare/summary/bounded-counts.ts';

it('counts by key up to a number of keys, and how often there was no room for one', () => {
  const counts = new BoundedCounts(2, { wrong: 0, right: 0 });
  for (const key of ['a', '__proto__', 'c', 'a', 'd']) counts.add(key, 'wrong');
  counts.add('a', 'right');
  expect(counts.entries()).toEqual([
    ['a', { wrong: 2, right: 1 }],
    ['__proto__', { wrong: 1, right: 0 }],
  ]);
  expect(counts.untold).toBe(2);
});
