import { expect, it } from 'vitest';
import { backOff } from '../../src/transcript/back-off.ts';

it('waits up to a bound that doubles, to its most, and so often as it may', () => {
  const tries = { most: 6, baseMs: 500, maxMs: 5_000 };
  const most = [1, 2, 3, 4, 5, 6].map((failures) => backOff(tries, failures, () => 1));
  expect(most).toEqual([500, 1_000, 2_000, 4_000, 5_000, undefined]);
  expect(backOff(tries, 2, () => 0.25)).toBe(250);
});
