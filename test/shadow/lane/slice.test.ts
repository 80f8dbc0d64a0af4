import { describe, expect, it } from 'vitest';
import { Slice } from '../../../src/shadow/lane/slice.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

/** A slice on a clock that counts how often it was looked at. */
function setUp(lengthMs: number, maxSteps = 1_000) {
  const real = fakeClock();
  const time = { ms: 0, looks: 0 };
  const clock = {
    ...real,
    monotonic: () => {
      time.looks += 1;
      return time.ms;
    },
  };
  const slice = new Slice(clock, lengthMs, maxSteps);
  slice.begin();
  time.looks = 0;
  /** Takes steps of so many milliseconds; tells after which ones the clock was looked at. */
  const looksIn = (steps: number, ms: number): number[] => {
    const at: number[] = [];
    for (let step = 1; step <= steps; step += 1) {
      const before = time.looks;
      time.ms += ms;
      slice.step();
      if (time.looks > before) at.push(step);
    }
    return at;
  };
  return { slice, time, looksIn };
}

describe('a part of the event loop’s time', () => {
  it('is over at its end, or after so many steps', () => {
    const { slice, time } = setUp(10);
    time.ms = 9.5;
    expect([slice.look(), slice.now, slice.nowMs]).toEqual([true, 9.5, 10]);
    time.ms = 10;
    expect(slice.look()).toBe(false);
    const short = setUp(10, 3);
    expect([1, 2, 3].map(() => short.slice.step())).toEqual([true, true, false]);
    expect(short.slice.look()).toBe(false);
  });

  it('is as long again when it begins again', () => {
    const { slice, time } = setUp(10, 2);
    time.ms = 50;
    slice.step();
    expect(slice.step()).toBe(false);
    slice.begin();
    time.ms = 59;
    expect(slice.step()).toBe(true);
    time.ms = 60;
    expect(slice.look()).toBe(false);
  });

  it('takes up to eight quick steps on trust, twice as many each time', () => {
    const { looksIn } = setUp(1_000);
    expect(looksIn(40, 0)).toEqual([1, 3, 7, 15, 23, 31, 39]);
  });

  it('looks at each step again after a slow one, and when it begins again', () => {
    const { slice, looksIn } = setUp(1_000);
    expect(looksIn(7, 0)).toEqual([1, 3, 7]);
    expect(looksIn(10, 1)).toEqual([8, 9, 10]);
    expect(looksIn(4, 0)).toEqual([1, 3]);
    slice.begin();
    expect(looksIn(3, 0)).toEqual([1, 3]);
    // A twentieth of a millisecond is slow.
    expect(setUp(1_000).looksIn(2, 0.05)).toEqual([1, 2]);
  });

  it('is over for all once somebody has found that it is, until it begins again', () => {
    const { slice, time, looksIn } = setUp(10);
    looksIn(3, 0);
    time.ms = 10;
    expect(slice.look()).toBe(false);
    expect([1, 2, 3].map(() => slice.step())).toEqual([false, false, false]);
    slice.begin();
    expect(slice.step()).toBe(true);
  });

  it('takes no slow step for a quick one because of a look that was in between', () => {
    const { slice, time } = setUp(1_000);
    for (let step = 0; step < 8; step += 1) {
      time.ms += 1;
      slice.look();
      const looks = time.looks;
      slice.step();
      expect(time.looks).toBe(looks + 1);
    }
  });

  it('ends in the middle of steps on trust by their number alone', () => {
    const { slice, looksIn } = setUp(1_000, 6);
    looksIn(3, 0);
    expect([slice.step(), slice.step(), slice.step()]).toEqual([true, true, false]);
  });
});
