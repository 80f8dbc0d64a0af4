import { describe, expect, it } from 'vitest';
import { Bets } from '../../../src/compare/sequential/bets.ts';
import { logMeanExp } from '../../../src/compare/sequential/log-mean-exp.ts';
import { type PairedTestState, pairedTest } from '../../../src/compare/sequential/paired-test.ts';
import { falseFails, seeded, shareDecided, waits } from './simulated.ts';

const both = { promote: 0.05, rollBack: 0.05 };

describe('the evidence of pairs', () => {
  // Computed with mpmath to 40 digits.
  it.each([
    ['onHarm', 0, [10, 85, 5], 0.36247325223757],
    ['onHarm', 0.01, [30, 60, 10], 3.241547288383613],
    ['onHarm', 0, [900, 9000, 100], 366.45476925606295],
    ['onHarm', 0, [1, 0, 0], 0.27002713721306015],
    ['onHarm', 0.1, [0, 0, 5], -1.038440887187556],
    ['onNoHarm', 0.02, [2, 190, 8], 3.389873379340105],
    ['onNoHarm', 0.05, [40, 9900, 60], 380.32886993170075],
    ['onNoHarm', 0.02, [0, 200, 0], 1.9622992191671758],
  ] as const)('%s %f by %j is that of exact arithmetic', (side, by, counts, expected) => {
    const [worse, same, better] = counts;
    const found = Bets[side](0.05, by).logEvidence({ worse, same, better });
    expect(Math.abs(found - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
  });

  it('is a fair game where the hypothesis holds: one more pair changes its mean by nothing', () => {
    for (const [bets, truth] of [
      [Bets.onHarm(0.05, 0.03), { worse: 0.08, same: 0.87, better: 0.05 }],
      [Bets.onNoHarm(0.05, 0.02), { worse: 0.07, same: 0.88, better: 0.05 }],
    ] as const) {
      const now = { worse: 7, same: 80, better: 5 };
      const after = (['worse', 'same', 'better'] as const).map(
        (kind) => truth[kind] * Math.exp(bets.logEvidence({ ...now, [kind]: now[kind] + 1 })),
      );
      const mean = after.reduce((sum, part) => sum + part, 0);
      expect(mean / Math.exp(bets.logEvidence(now))).toBeCloseTo(1, 12);
    }
  });

  it('overflows nowhere', () => {
    expect(Bets.onHarm(0.05, 0).logEvidence({ worse: 1e9, same: 0, better: 0 })).toBeGreaterThan(
      5e8,
    );
    expect(Bets.onHarm(0.05, 0).logEvidence({ worse: 0, same: 0, better: 1e9 })).toBeLessThan(-4e7);
    expect(logMeanExp([1_000, 1_000])).toBe(1_000);
    expect(logMeanExp([])).toBeNaN();
    expect(logMeanExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a paired test', () => {
  const test = pairedTest({ margin: 0.02, alpha: both });

  it('holds without pairs', () => {
    expect(test.read(test.start())).toMatchObject({
      outcome: 'hold',
      pairs: 0,
      difference: undefined,
    });
  });

  it('passes when the difference is shown to be below the margin', () => {
    const state = test.add(test.start(), { same: 400 });
    expect(test.read(state)).toMatchObject({ outcome: 'pass', difference: 0 });
    expect(state.passedAt).toBe(400);
  });

  it('fails when harm is shown', () => {
    const state = test.add(test.start(), { worse: 12, same: 50 });
    expect(test.read(state)).toMatchObject({ outcome: 'fail', pairs: 62 });
    expect(state.failedAt).toBe(62);
  });

  it('decides at one over alpha, not before', () => {
    let state = test.start();
    while (state.failedAt === undefined) {
      expect(test.read(state).rollBack.logEvidence).toBeLessThan(Math.log(20));
      state = test.add(state, { worse: 1 });
    }
    expect(test.read(state).rollBack.logEvidence).toBeGreaterThanOrEqual(Math.log(20));
    expect(test.read(state).rollBack.enough).toBeCloseTo(Math.log(20), 12);
  });

  it('keeps to what it has decided, and lets harm beat an earlier pass', () => {
    let state = test.add(test.start(), { same: 400 });
    state = test.add(state, { worse: 30 });
    expect(test.read(state).outcome).toBe('fail');
    state = test.add(state, { better: 500, same: 10_000 });
    expect(test.read(state)).toMatchObject({ outcome: 'fail', needed: { pass: 0, fail: 0 } });
    expect(state).toMatchObject({ passedAt: 400, failedAt: 430 });
  });

  it('goes on where it was from a state that was a text in between', () => {
    const random = seeded(7);
    let kept: PairedTestState = test.start();
    let stored = JSON.stringify(kept);
    for (let i = 0; i < 2_000; i += 1) {
      const kind = random() < 0.04 ? 'worse' : 'same';
      kept = test.add(kept, { [kind]: 1 });
      stored = JSON.stringify(test.add(JSON.parse(stored), { [kind]: 1 }));
    }
    expect(JSON.parse(stored)).toEqual(kept);
    expect(test.read(JSON.parse(stored))).toEqual(test.read(kept));
  });

  it('does not depend on the order of the pairs that it has not looked between', () => {
    const parts = [{ worse: 3 }, { same: 50 }, { better: 2 }];
    const one = parts.reduce((state, part) => test.add(state, part), test.start());
    const other = parts.toReversed().reduce((state, part) => test.add(state, part), test.start());
    expect(one).toEqual(other);
  });

  it.each([
    ['NaN', Number.NaN],
    ['a part of a pair', 0.5],
    ['fewer than none', -40],
    ['more than can be counted', Number.POSITIVE_INFINITY],
  ])('holds for ever on %s', (_what, worse) => {
    const state = test.add(test.add(test.start(), { worse }), { same: 10_000, worse: 0 });
    expect(test.read(state)).toMatchObject({ outcome: 'hold', pairs: 0, difference: undefined });
  });

  it.each([
    [{ margin: 1 }, 'margin must be a number from 0 to below 1'],
    [{ margin: Number.NaN }, 'margin must'],
    [{}, 'margin is missing'],
    [{ margin: 0.02, harm: -0.1 }, 'harm must'],
    [{ margin: 0.02, alpha: { promote: 0 } }, 'alpha.promote must be a number above 0 and below 1'],
    [{ margin: 0.02, alpha: { rollBack: 1 } }, 'alpha.rollBack must'],
  ])('refuses %j', (options, issue) => {
    expect(() => pairedTest(options as never)).toThrow(issue);
  });
});

describe('harm that comes late', () => {
  const after = (good: number, truth: { worse: number; better: number }): number[] => {
    const test = pairedTest({ margin: 0.02, harm: 0.0025, alpha: both });
    const random = seeded(good + 1);
    const draw = (state: PairedTestState, worse: number): PairedTestState => {
      const drawn = random();
      if (drawn < worse) return test.add(state, { worse: 1 });
      return test.add(state, drawn < worse + truth.better ? { better: 1 } : { same: 1 });
    };
    const runs = Array.from({ length: 60 }, () => {
      let state: PairedTestState = test.start();
      for (let i = 0; i < good; i += 1) state = draw(state, truth.better);
      if (state.failedAt !== undefined) return 0;
      while (state.failedAt === undefined) state = draw(state, truth.worse);
      return state.failedAt - good;
    });
    return runs.sort((a, b) => a - b);
  };

  it('is not outweighed by what was good before', () => {
    const waited = after(10_000, { worse: 0.32, better: 0.02 });
    expect(waited[Math.floor(waited.length / 2)]).toBeLessThan(150);
    expect(waited.at(-1)).toBeLessThan(300);
  });

  it('is found in what is served, however much of it went well', () => {
    const test = pairedTest({ margin: 0.05, harm: 0.05, alpha: both });
    let state = test.start();
    for (let i = 0; i < 1_000; i += 1) state = test.add(state, { same: 199, worse: 1 });
    expect(test.read(state).outcome).toBe('pass');
    for (let i = 0; i < 8; i += 1) state = test.add(state, { same: 40, worse: 10 });
    expect(test.read(state).outcome).toBe('fail');
  });

  it('takes little memory', () => {
    const test = pairedTest({ margin: 0.02, alpha: both });
    let state = test.start();
    for (let i = 0; i < 20_000; i += 1) state = test.add(state, { same: 100 });
    expect(state.starts?.length).toBeLessThan(40);
    expect(state.starts?.at(-1)).toEqual({ nth: 20_000, worse: 0, same: 2_000_000, better: 0 });
  });

  it('is betted on with one stake in all: what is expected of it grows at no pair', () => {
    const test = pairedTest({ margin: 0.02, harm: 0.03, alpha: both });
    const truth = { worse: 0.08, same: 0.87, better: 0.05 };
    let state = test.start();
    for (let i = 0; i < 40; i += 1) state = test.add(state, { worse: 1, same: 27, better: 2 });
    for (const _ of Array.from({ length: 250 })) {
      const now = Math.exp(test.read(state).rollBack.logEvidence);
      let mean = 0;
      for (const [kind, chance] of Object.entries(truth)) {
        const next = test.add(state, { [kind]: 1 });
        const began = next.starts?.at(-1)?.nth !== state.starts?.at(-1)?.nth;
        // What a bet begins with was laid aside for it.
        const { nth = 0 } = (began && next.starts?.at(-1)) || {};
        const laid = nth === 0 ? 0 : 0.05 / (nth * (nth + 1));
        mean += chance * (Math.exp(test.read(next).rollBack.logEvidence) - laid);
      }
      expect(mean).toBeLessThanOrEqual(now * (1 + 1e-9));
      state = test.add(state, { same: 1 });
    }
  });
});

describe('the pairs that are still needed', () => {
  it('are some as long as nothing is decided', () => {
    const test = pairedTest({ margin: 0.02, harm: 0.01, alpha: both });
    const reading = test.read(test.add(test.start(), { worse: 9, same: 98 }));
    expect(reading.outcome).toBe('hold');
    expect(reading.needed.fail).toBe(1);
  });

  const test = pairedTest({ margin: 0.05, alpha: both });

  it('are about those that it then takes', () => {
    const part = { worse: 5, same: 90, better: 5 };
    const state = test.add(test.start(), part);
    const needed = test.read(state).needed.pass ?? 0;
    let later = state;
    while (later.passedAt === undefined) later = test.add(later, part);
    expect(needed / (later.passedAt - 100)).toBeGreaterThan(0.8);
    expect(needed / (later.passedAt - 100)).toBeLessThan(1.6);
  });

  it('are none that would do when it goes the other way', () => {
    const bad = test.read(test.add(test.start(), { worse: 2, same: 10 }));
    expect(bad.needed.pass).toBeUndefined();
    expect(bad.needed.fail).toBeGreaterThan(0);
    const good = test.read(test.add(test.start(), { better: 2, same: 10 }));
    expect(good.needed.fail).toBeUndefined();
    expect(good.needed.pass).toBeGreaterThan(0);
  });

  it('are as many as it takes, not one less', () => {
    const bets = Bets.onHarm(0.05, 0);
    const counts = { worse: 20, same: 100, better: 12 };
    const needed = bets.pairsNeeded(counts) ?? 0;
    const all = 133.5;
    const further = (pairs: number) => ({
      worse: 20 + (pairs * 20.5) / all,
      same: 100 + (pairs * 100.5) / all,
      better: 12 + (pairs * 12.5) / all,
    });
    expect(bets.decides(further(needed))).toBe(true);
    expect(bets.decides(further(needed - 1))).toBe(false);
  });
});

describe('in simulated ramps at alpha 0.05', () => {
  // Medians and 90th percentiles of 2,000 runs in numpy, which shares no code and no random numbers with this.
  it.each([
    ['equal, 2 + 2 % differ, margin 2 pp', [0.02, 0.02, 'pass', 0.02], 755, 1_649],
    ['equal, 5 + 5 % differ, margin 5 pp', [0.05, 0.05, 'pass', 0.05], 313, 652],
    ['equal, 5 + 5 % differ, margin 2 pp', [0.05, 0.05, 'pass', 0.02], 1_608, 3_711],
    ['10 pp worse', [0.12, 0.02, 'fail', 0.02], 95, 196],
    ['30 pp worse', [0.32, 0.02, 'fail', 0.02], 27, 45],
  ] as const)('%s: decides as fast as the table says', (_truth, ramp, median, p90) => {
    const [worse, better, outcome, margin] = ramp;
    const runs = 800;
    const options = { margin, alpha: both, runs, most: 20_000 };
    const sorted = waits({ worse, better }, outcome, options);
    const [middle, late] = [sorted[runs * 0.5] ?? 0, sorted[runs * 0.9] ?? 0];
    expect(Math.abs(middle / median - 1), `median ${middle}`).toBeLessThan(0.15);
    expect(Math.abs(late / p90 - 1), `90th percentile ${late}`).toBeLessThan(0.15);
  });

  const long = { margin: 0.02, alpha: both, runs: 500, most: 5_000 };

  it('promotes what is worse by just the margin in less than alpha of them', () => {
    const share = shareDecided({ worse: 0.03, better: 0.01 }, 'pass', long);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.05);
  });
});

describe('equal legs, looked at after each of 10,000 pairs,', () => {
  const byDefault = pairedTest({ margin: 0.02 }).read({ worse: 0, same: 0, better: 0 }).rollBack;

  // numpy, 40,000 runs: 3.32, 2.90 and 2.36 % at alpha 0.05; 1.63, 1.43 and 1.10 % at 0.025.
  it.each([
    [0.1, 0.0332, 0.0163],
    [0.04, 0.029, 0.0143],
    [0.02, 0.0236, 0.011],
  ])(
    'of which %f differ, are rolled back in at most 2 % of ramps, and in less than alpha at 0.05',
    (differ, wide, narrow) => {
      const runs = 6_000;
      const shares = falseFails(differ, [Math.log(20), byDefault.enough], { runs, most: 10_000 });
      const sigma = (share: number) => Math.sqrt((share * (1 - share)) / runs);
      expect(shares[0]).toBeLessThan(0.05);
      expect(Math.abs((shares[0] ?? 0) - wide)).toBeLessThan(3 * sigma(wide));
      expect(shares[1]).toBeLessThanOrEqual(0.02);
      expect(Math.abs((shares[1] ?? 0) - narrow)).toBeLessThan(3 * sigma(narrow));
    },
  );
});
