import { describe, expect, it } from 'vitest';
import { noMoments, withValue } from '../../../src/compare/sequential/moments.ts';
import { meanExcess } from '../../../src/compare/summary/mean-excess.ts';
import { RunningMoments } from '../../../src/compare/summary/running-moments.ts';
import { seeded } from '../exchanges.ts';

function momentsOf(values: readonly number[]): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.add(value);
  return moments;
}

/** As many values as asked for, with a mean and a variance. */
const evenly = (count: number, mean: number): number[] =>
  Array.from({ length: count }, (_, at) => mean + (at % 2 === 0 ? 1 : -1));

describe('moments that grow in place', () => {
  it('are those of the sequential tests, and leave out what is not finite', () => {
    const random = seeded(1);
    const values = Array.from({ length: 50 }, () => 1e6 + random());
    const known = values.reduce(withValue, noMoments);
    expect({ ...momentsOf([...values, Number.NaN, Number.POSITIVE_INFINITY]) }).toEqual(known);
  });
});

describe('the difference of two means', () => {
  // Golden values: Student's quantile at 0.995 for 10, 58 and 238 degrees of freedom, as tables have it.
  it.each([
    [6, 3.1693],
    [30, 2.6633],
    [120, 2.5966],
  ])('of %i values each lies in Welch’s interval', (count, quantile) => {
    const { difference, low, high } =
      meanExcess(momentsOf(evenly(count, 7)), momentsOf(evenly(count, 5)), 1) ?? {};
    const half = quantile * Math.sqrt((2 * (count / (count - 1))) / count);
    expect(difference).toBeCloseTo(2, 10);
    expect((high ?? 0) - 2).toBeCloseTo(half, 2);
    expect(2 - (low ?? 0)).toBeCloseTo(half, 2);
  });

  it('has no interval of a single value, is none without any, and is certain where nothing varies', () => {
    const [one, many] = [momentsOf([1]), momentsOf(evenly(40, 1))];
    expect(meanExcess(one, many, 30)).toEqual({ difference: expect.closeTo(0, 9) });
    expect(meanExcess(momentsOf([]), many, 30)).toBeUndefined();
    expect(meanExcess(many, momentsOf([]), 30)).toBeUndefined();
    const same = momentsOf([3, 3, 3]);
    expect(meanExcess(same, same, 3)).toEqual({ difference: 0, low: 0, high: 0 });
  });

  it('is few below the noise that is asked for', () => {
    const moments = momentsOf(evenly(29, 1));
    expect(meanExcess(moments, moments, 30)).toHaveProperty('few', true);
    expect(meanExcess(moments, moments, 29)).not.toHaveProperty('few');
  });
});
