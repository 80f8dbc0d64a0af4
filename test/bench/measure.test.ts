import { expect, test } from 'vitest';
import { medianAddedRatio, medianRatio } from '../../bench/measure.ts';
import { holds, targets } from '../../bench/targets.ts';

test('a ratio is the median of the ratios of the rounds, not the ratio of medians', () => {
  expect(medianRatio([10, 40, 90], [10, 20, 90])).toBe(1);
  expect(medianRatio([2, 40, 90], [1, 20, 30])).toBe(2);
});

test('what a case adds is compared without the direct call of the same round', () => {
  expect(medianAddedRatio([5, 9, 13], [3, 5, 7], [1, 1, 1])).toBe(2);
});

test('a figure that is not a number keeps no bound', () => {
  expect(holds('most', Number.NaN, 5)).toBe(false);
  expect(holds('least', Number.NaN, 5)).toBe(false);
  expect(holds('most', 5, 5)).toBe(true);
  expect(holds('least', 4.9, 5)).toBe(false);
});

test('no floor is harder than its target', () => {
  for (const { bound, target, floor } of Object.values<{
    bound: 'most' | 'least';
    target: number;
    floor?: number;
  }>(targets)) {
    if (floor !== undefined) expect(holds(bound, target, floor)).toBe(true);
  }
});
