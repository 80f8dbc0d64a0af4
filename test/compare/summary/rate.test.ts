import { describe, expect, it } from 'vitest';
import { excessOf, leastShare, rateOf } from '../../../src/compare/summary/rate.ts';

describe('a share', () => {
  // Golden values: Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (Wilson).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i lies in Wilson’s interval', (count, of, low, high) => {
    const rate = rateOf(count, of);
    expect(rate.share).toBeCloseTo(count / of, 10);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
  });

  it('of nothing may be anything, and is no number that is not one', () => {
    expect(rateOf(0, 0)).toEqual({ count: 0, of: 0, low: 0, high: 1 });
    expect(leastShare(rateOf(0, 0))).toBe(0);
  });

  it('is at least less than what is shown, since more confidence is asked for', () => {
    expect(leastShare(rateOf(10, 100))).toBeLessThan(rateOf(10, 100).low);
    expect(rateOf(7, 7)).toMatchObject({ share: 1, high: 1 });
  });
});

describe('the excess of a share over another one', () => {
  // Golden values: Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [0, 10, 0, 10, -0.2775, 0.2775],
  ])('of %i in %i over %i in %i lies in Newcombe’s interval', (a, m, b, n, low, high) => {
    const excess = excessOf(rateOf(a, m), rateOf(b, n), 1.96);
    expect(excess.share).toBeCloseTo(a / m - b / n, 10);
    expect(excess.low).toBeCloseTo(low, 3);
    expect(excess.high).toBeCloseTo(high, 3);
  });
});
