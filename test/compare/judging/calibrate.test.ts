import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calibrate, type LabelledPair } from '../../../src/compare/judging/calibrate.ts';
import { correctedRate } from '../../../src/compare/judging/corrected-rate.ts';
import { wilson } from '../../../src/compare/judging/wilson.ts';
import type {
  Judge,
  JudgeAnswer,
  JudgeInit,
  JudgeQuestion,
} from '../../../src/core/contracts/compare-options.ts';
import { seeded } from '../exchanges.ts';

/** Likes the text that has more exclamation marks. */
const loud = ({ first, second }: JudgeQuestion): JudgeAnswer => {
  const marks = (text: string) => text.split('!').length;
  if (marks(first) === marks(second)) return 'tie';
  return marks(first) > marks(second) ? 'first' : 'second';
};

const named = (judge: Judge, fingerprint = 'loud-1'): Judge =>
  Object.assign((question: JudgeQuestion, init: JudgeInit) => judge(question, init), {
    fingerprint,
  });

const pair = (label: LabelledPair['label'], legacy: string, candidate: string): LabelledPair => ({
  task: 'Greet',
  label,
  legacy,
  candidate,
});

const repeated = (times: number, one: LabelledPair): LabelledPair[] => Array(times).fill(one);

// What the judge finds of them: 18 of 20 worse ones, 27 of 30 others.
const labelled = [
  ...repeated(18, pair('legacy', 'Hello!', 'Hello')),
  ...repeated(2, pair('legacy', 'Hello', 'Hello!')),
  ...repeated(17, pair('candidate', 'Hello', 'Hello!')),
  ...repeated(10, pair('tie', 'Hello', 'Hi')),
  ...repeated(3, pair('tie', 'Hello!', 'Hi')),
];

describe('a calibration', () => {
  it('counts what the judge found of the pairs that people found worse, and of all others', async () => {
    const judge = named(loud);
    const clock = fakeClock();
    const calibration = await calibrate(labelled, { judge, clock });
    expect(calibration).toMatchObject({
      fingerprint: 'loud-1',
      at: clock.now(),
      n: 50,
      unanswered: 0,
      sensitivity: { right: 18, of: 20, rate: 0.9 },
      specificity: { right: 27, of: 30, rate: 0.9 },
    });
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
    expect(judge.calibration).toBe(calibration);
  });

  it('has no rate of a kind that was not among the pairs', async () => {
    const { sensitivity } = await calibrate(repeated(5, pair('tie', 'a', 'b')), {
      judge: named(loud),
    });
    expect(sensitivity).toEqual({ right: 0, of: 0, low: 0, high: 1 });
  });

  it('counts pairs without a verdict apart, also where the judge throws', async () => {
    let asked = 0;
    const judge = named((question) => {
      asked += 1;
      if (asked === 1) throw new Error('no route to the model');
      return asked === 2 ? { note: 'judge-late' } : loud(question);
    });
    expect(await calibrate(labelled, { judge, concurrency: 1 })).toMatchObject({
      n: 48,
      unanswered: 2,
    });
  });

  it('asks in both orders, and for an answer whatever is sampled or spent', async () => {
    const inits: Omit<JudgeInit, 'signal'>[] = [];
    const judge = named((_, { signal: _signal, ...init }) => {
      inits.push(init);
      return 'tie';
    });
    await calibrate([pair('tie', 'a', 'b')], { judge });
    expect(inits).toEqual([
      { always: true, turn: 1 },
      { always: true, turn: 2 },
    ]);
  });

  it('never has more pairs under way than it was told', async () => {
    let [now, most] = [0, 0];
    const judge = named(async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      return 'tie' as const;
    });
    await calibrate(labelled, { judge, concurrency: 3 });
    expect(most).toBe(3);
  });

  it('ends with the reason of its signal, and leaves the judge as it was', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const judge = named(() => {
      controller.abort(reason);
      return 'tie';
    });
    const { signal } = controller;
    await expect(calibrate(labelled, { judge, signal })).rejects.toBe(reason);
    expect(judge.calibration).toBeUndefined();
  });

  it('takes rows that have columns of their own', async () => {
    const row = { ...pair('tie', 'a', 'b'), id: 7, annotator: 'ann' };
    expect(await calibrate([row], { judge: named(loud) })).toMatchObject({ n: 1 });
    await expect(calibrate([null as never], { judge: named(loud) })).rejects.toThrow('labelled[0]');
  });

  it('names every issue of what it was given at once', async () => {
    const wrong = [
      pair('worse' as never, 'a', 'b'),
      { ...pair('tie', 'a', 'b'), task: 1 as never },
    ];
    await expect(calibrate(wrong, { judge: loud, concurrency: 0 })).rejects.toMatchObject({
      code: 'ERR_CUTOVER_INVALID_OPTIONS',
      issues: [
        expect.stringContaining('concurrency'),
        expect.stringContaining('labelled[0].label'),
        expect.stringContaining('labelled[1].task'),
      ],
    });
    await expect(calibrate([], { judge: loud })).rejects.toThrow('fingerprint');
    await expect(calibrate('pairs' as never, { judge: named(loud) })).rejects.toThrow('a list');
  });
});

describe('the interval of a share', () => {
  // Golden values of scipy 1.17.1: stats.binomtest(k, n).proportion_ci(method='wilson').
  it.each([
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [1, 10, 0.017876213, 0.404150027],
    [45, 50, 0.786397686, 0.956524235],
    [50, 100, 0.40383153, 0.59616847],
  ])('of %i in %i is %f to %f', (hits, of, low, high) => {
    const found = wilson(hits, of);
    expect(found.low).toBeCloseTo(low, 8);
    expect(found.high).toBeCloseTo(high, 8);
  });

  it('is everything when nothing was counted', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('a corrected rate', () => {
  const rates = (sensitivity: number, specificity: number) => {
    const share = (rate: number) => ({ right: 0, of: 0, rate, low: 0, high: 1 });
    return { sensitivity: share(sensitivity), specificity: share(specificity) };
  };

  it('gives back the true rate from what a judge with known errors observes', () => {
    const random = seeded(7);
    for (let run = 0; run < 200; run += 1) {
      const [truth, found, spared] = [random(), 0.6 + 0.4 * random(), 0.6 + 0.4 * random()];
      const observed = truth * found + (1 - truth) * (1 - spared);
      expect(correctedRate(observed, rates(found, spared))).toBeCloseTo(truth, 8);
    }
  });

  it('stays between 0 and 1', () => {
    expect(correctedRate(0.05, rates(0.9, 0.9))).toBe(0);
    expect(correctedRate(0.95, rates(0.9, 0.9))).toBe(1);
  });

  it.each([
    ['no better than chance', 0.5, rates(0.5, 0.5)],
    ['worse than chance', 0.5, rates(0.2, 0.3)],
    ['asked about nothing', Number.NaN, rates(0.9, 0.9)],
    [
      'never seen with both kinds',
      0.5,
      { ...rates(0.9, 0.9), sensitivity: { right: 0, of: 0, low: 0, high: 1 } },
    ],
  ])('cannot be told of a judge that is %s', (_, observed, calibration) => {
    expect(correctedRate(observed, calibration)).toBeUndefined();
  });
});
