import { describe, expect, it } from 'vitest';
import {
  differenceInterval,
  meanInterval,
} from '../../../src/compare/sequential/confidence-sequence.ts';
import { logGamma } from '../../../src/compare/sequential/log-gamma.ts';
import {
  joined,
  type Moments,
  noMoments,
  varianceOf,
  withValue,
} from '../../../src/compare/sequential/moments.ts';
import { sampleRatio } from '../../../src/compare/sequential/sample-ratio.ts';
import { seeded } from './simulated.ts';

/** Moments of so many values that have this mean and this standard deviation exactly. */
const moments = (count: number, mean: number, deviation: number): Moments => ({
  count,
  mean,
  squares: deviation ** 2 * (count - 1),
});

function close(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
}

describe('the logarithm of the gamma function', () => {
  // Computed with mpmath to 40 digits.
  it.each([
    [1e-5, 11.512919692895826],
    [0.1, 2.252712651734206],
    [0.5, 0.5723649429247001],
    [1, 0],
    [1.5, -0.12078223763524522],
    [2, 0],
    [3.25, 0.9358019311087254],
    [10, 12.80182748008147],
    [14.9, 24.924132002217277],
    [100.5, 361.4355404677776],
    [10_000, 82099.71749644238],
    [123_456.789, 1323902.018795063],
    [1e10, 220258509288.8106],
  ])('of %f is %f', (x, expected) => {
    close(logGamma(x), expected);
  });

  it('has no value below 0, and no end at 0', () => {
    expect(logGamma(0)).toBe(Number.POSITIVE_INFINITY);
    expect(logGamma(-1.5)).toBeNaN();
    expect(logGamma(Number.NaN)).toBeNaN();
  });
});

describe('a sample ratio', () => {
  const arms = (counts: readonly number[], shares: readonly number[]) =>
    counts.map((count, i) => ({ count, share: shares[i] ?? 0 }));

  // Computed with mpmath to 40 digits.
  it.each([
    [[500, 500], [0.5, 0.5], -1.20122032204155, false],
    [[600, 400], [0.5, 0.5], 17.0989404164511, true],
    [[9_500, 500], [0.95, 0.05], -2.32408335806348, false],
    [[9_000, 1_000], [0.95, 0.05], 202.24381209099, true],
    [[10, 20, 70], [0.2, 0.3, 0.5], 3.5796854450705, false],
    [[10, 20, 70], [2, 3, 5], 3.5796854450705, false],
    [[0, 0], [0.5, 0.5], 0, false],
    [[100, 100, 0], [0.5, 0.5, 0], sampleRatio(arms([100, 100], [1, 1])).logEvidence, false],
    [[100, 1], [1, 0], Number.POSITIVE_INFINITY, true],
    [[Number.NaN, 100], [0.5, 0.5], 0, false],
    [[], [], 0, false],
  ])('of %j by %j has this evidence', (counts, shares, expected, mismatch) => {
    if (counts.length === 0) return expect(() => sampleRatio([])).toThrow('not all 0');
    const found = sampleRatio(arms(counts, shares));
    expect(found.mismatch).toBe(mismatch);
    if (Number.isFinite(expected)) expect(found.logEvidence).toBeCloseTo(expected, 9);
    else expect(found.logEvidence).toBe(expected);
  });

  it.each([
    [[-1, 2], undefined],
    [[0, 0], undefined],
    [[Number.NaN, 1], undefined],
    [[1, 1], 0],
    [[1, 1], 1],
  ])('of shares %j at %j is refused', (shares, alpha) => {
    expect(() => sampleRatio(arms([1, 1], shares), alpha)).toThrow('a sample ratio');
  });

  it('alarms at one in a thousand, unless asked for another chance', () => {
    const of = (count: number, alpha?: number) =>
      sampleRatio(arms([count, 100], [1, 1]), alpha).mismatch;
    expect([of(174), of(176)]).toEqual([false, true]); // evidence of 6.73 and 7.09, where ln 1,000 is 6.91
    expect([of(161, 0.01), of(162, 0.01)]).toEqual([false, true]);
  });

  it('alarms for hardly any true split, however often it is looked at, and soon for a wrong one', () => {
    const random = seeded(11);
    const alarmAt = (truth: number, most: number): number => {
      const counts = [0, 0];
      for (let requests = 1; requests <= most; requests += 1) {
        const arm = random() < truth ? 0 : 1;
        counts[arm] = (counts[arm] ?? 0) + 1;
        if (requests % 10 === 0 && sampleRatio(arms(counts, [0.5, 0.5]), 0.05).mismatch) {
          return requests;
        }
      }
      return Number.POSITIVE_INFINITY;
    };
    const runs = Array.from({ length: 200 }, () => alarmAt(0.5, 1_000));
    expect(runs.filter(Number.isFinite).length / 200).toBeLessThanOrEqual(0.05);
    const wrong = Array.from({ length: 50 }, () => alarmAt(0.6, 4_000)).sort((a, b) => a - b);
    expect(wrong[25]).toBeLessThan(400);
    expect(wrong.at(-1)).toBeLessThan(4_000);
  });
});

describe('a confidence sequence', () => {
  // Computed with mpmath to 40 digits, by the formula that gbstats has.
  it.each([
    [100, 1, 0.05, 0.669438861706604],
    [812, 120.5, 0.05, 14.71615416401166],
    [10_000, 1, 0.01, 0.03595604799132874],
    [5_000, 2, 0.05, 0.08584867437653693],
  ])(
    'of %i values that deviate by %f at %f is %f wide on each side',
    (count, deviation, alpha, half) => {
      const found = meanInterval(moments(count, 3, deviation), { alpha });
      expect(found?.estimate).toBe(3);
      expect((found?.high ?? 0) - 3).toBeCloseTo(half, 11);
      expect(3 - (found?.low ?? 0)).toBeCloseTo(half, 11);
    },
  );

  it('of two means is that of one whose error is as large', () => {
    const found = differenceInterval(moments(5_000, 10, 2), moments(5_000, 11, 2));
    // Standard error 2 √(2/5000), from 10,000 values: as if each deviated by 4.
    const same = meanInterval(moments(10_000, 1, 4));
    expect(found?.estimate).toBe(1);
    expect(found?.low).toBeCloseTo(same?.low ?? 0, 12);
    expect(found?.high).toBeCloseTo(same?.high ?? 0, 12);
  });

  it('needs a hundred values, in each of two', () => {
    expect(meanInterval(moments(99, 0, 1))).toBeUndefined();
    expect(meanInterval(moments(100, 0, 1))).toBeDefined();
    expect(differenceInterval(moments(99, 0, 1), moments(900, 0, 1))).toBeUndefined();
    expect(differenceInterval(moments(900, 0, 1), moments(99, 0, 1))).toBeUndefined();
    expect(meanInterval(moments(20, 0, 1), { least: 10 })).toBeDefined();
    expect(meanInterval(moments(Number.NaN, 0, 1))).toBeUndefined();
    expect(meanInterval({ count: 500, mean: Number.NaN, squares: 1 })).toBeUndefined();
  });

  it.each([[{ alpha: 0 }], [{ alpha: 1 }], [{ tunedFor: 0 }], [{ least: 0 }]])(
    'refuses %j',
    (options) => {
      expect(() => meanInterval(moments(500, 0, 1), options)).toThrow('a confidence sequence');
    },
  );

  it('holds the truth at every look of nearly all series', () => {
    const random = seeded(5);
    let missed = 0;
    for (let run = 0; run < 200; run += 1) {
      let seen = noMoments;
      let outside = false;
      for (let i = 1; i <= 2_000; i += 1) {
        seen = withValue(seen, -Math.log(1 - random())); // of mean 1, and far from symmetric
        const found = i % 20 === 0 ? meanInterval(seen) : undefined;
        if (found !== undefined && (found.low > 1 || found.high < 1)) outside = true;
      }
      if (outside) missed += 1;
    }
    expect(missed / 200).toBeLessThanOrEqual(0.05);
  });
});

describe('moments', () => {
  const values = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16];
  const of = (some: readonly number[]) => some.reduce(withValue, noMoments);

  it('have mean and variance, also of large values that differ little', () => {
    expect(of(values)).toMatchObject({ count: 4, mean: 1e9 + 10 });
    expect(varianceOf(of(values))).toBe(30);
    expect(varianceOf(of([1]))).toBeNaN();
  });

  it('of two parts are those of the whole', () => {
    expect(joined(of(values.slice(0, 1)), of(values.slice(1)))).toEqual(of(values));
    expect(joined(noMoments, of(values))).toEqual(of(values));
    expect(joined(noMoments, noMoments)).toEqual(noMoments);
  });

  it('leave out what is no number', () => {
    expect(of([1, Number.NaN, Number.POSITIVE_INFINITY, 3])).toEqual(of([1, 3]));
  });
});
