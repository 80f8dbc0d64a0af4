import type { PairRecord } from 'engramia-cutover/pairs';
import { formatReport, type SummaryOptions, summarize } from 'engramia-cutover/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../src/compare/summary/wrapped.ts';
import { missesOf, pairOf } from '../../pairs/pairs.ts';
import { flowing } from './flowing.ts';
import { noisyPairs, prices } from './noisy-pairs.ts';

const printed = (pairs: readonly PairRecord[], options?: SummaryOptions): string =>
  formatReport(summarize(pairs, options));

const many = (count: number, said: Partial<PairRecord> = {}): PairRecord[] =>
  Array.from({ length: count }, (_, at) => pairOf({ requestId: `request-${at}`, ...said }));

/** Legacy's second run failed. */
const failedAgain: Partial<PairRecord> = {
  kind: 'noise',
  candidate: { leg: 'legacy', ended: 'failed', durationMs: 1, error: { name: 'BusyError' } },
  divergence: {
    verdict: 'worse',
    decidedBy: 'outcome',
    layers: [],
    notes: ['candidate-failed'],
    ms: 0,
  },
};

describe('the tenants of a printed report', () => {
  it('are not those of misses that nobody knows the tenant of', () => {
    const misses = [missesOf({ tenant: '', why: 'count', count: 9 })];
    const report = summarize([pairOf()], { misses });
    expect(report.tenants.map(({ tenant }) => tenant)).toEqual(['acme', undefined]);
    const text = formatReport(report);
    expect(text).toContain('; 1 tenant and others, 2026');
    expect(text).not.toContain('It never ran for');
    expect(text).toMatch(/^ {2}\(others\) +9 /m);
  });

  it('are counted by name, and beyond those that have a row there are others', () => {
    const pairs = Array.from({ length: 12 }, (_, at) => pairOf({ tenant: `tenant-${at}` }));
    const text = printed(pairs, { maxTenants: 10 });
    expect(text).toContain('; 10 tenants and others,');
    expect(text).toContain('… and 5 more, and others');
    expect(printed(pairs)).toContain('; 12 tenants,');
    expect(printed(pairs)).toMatch(/… and 7 more$/m);
  });
});

describe('that there is no diagnosis', () => {
  it('is no claim that nothing differs', () => {
    expect(printed([...many(1), ...many(40, { kind: 'noise' })])).toContain(
      'No diagnosis: nothing is shown to differ by more than noise does.',
    );
  });

  it('says what was not held against noise, where too little of the noise could be compared', () => {
    expect(printed(many(100))).toContain('nothing is shown to lie above its fixed share.');
    expect(flowing(printed([...many(100), ...many(100, failedAgain)]))).toContain(
      'nothing is shown to differ by more than noise does, or to lie above its fixed share where noise tells too little.',
    );
  });
});

describe('noise that is not that of the pairs', () => {
  const doubt = /^Only .*$/m;

  it('is told where it is of other tenants', () => {
    const pairs = [...many(80, { tenant: 'a' }), ...many(20, { tenant: 'b' })];
    const noise = many(40, { kind: 'noise', tenant: 'b' });
    const report = summarize([...pairs, ...noise]);
    expect(report.excess?.sameTenant).toMatchObject({ count: 20, of: 100 });
    expect(report.excess?.sameStage).toMatchObject({ count: 100, of: 100 });
    expect(flowing(formatReport(report))).toMatch(/Only 20\.0 % of the pairs are of tenants that/);
    expect(report.tenants.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  });

  it('is told where it is of other stages', () => {
    const noise = many(40, { kind: 'noise' });
    const report = summarize([...many(80, { stage: 'live' }), ...many(20), ...noise]);
    expect(report.excess?.sameStage).toMatchObject({ count: 20, of: 100 });
    expect(flowing(formatReport(report))).toMatch(/Only 20\.0 % of the pairs are of stages that/);
  });

  it('gives no row to tenants of whom there is nothing else', () => {
    const report = summarize([...many(9), ...many(40, { kind: 'noise', tenant: 'b' })]);
    expect(report.tenants.map(({ tenant }) => tenant)).toEqual(['acme']);
    expect(report.excess?.sameTenant).toMatchObject({ count: 0, of: 9 });
  });

  it('is told where the second run of legacy fails by itself, which would hide a candidate that does', () => {
    const pairs = many(100, { ...failedAgain, kind: 'compare' });
    const again =
      'Legacy’s second run failed in 100.0 % of the noise pairs, legacy itself in 0.0 %';
    expect(flowing(printed([...pairs, ...many(100, failedAgain)]))).toContain(again);
    expect(printed([...pairs, ...many(100, { kind: 'noise' })])).not.toContain('second run');
  });

  it('is missed where legacy was to run twice and did not, which asking for more would not mend', () => {
    const misses = [missesOf({ kind: 'noise', why: 'unreadable', count: 70 })];
    const none = flowing(printed(many(9), { misses }));
    expect(none).toContain(
      'legacy was to run twice for 70 exchanges and never did: 70 unreadable (give a `view`',
    );
    expect(none).not.toContain('give `legacyShadow`');
    const few = flowing(printed([...many(9), ...many(9, { kind: 'noise' })], { misses }));
    expect(few).toContain('Legacy was to run twice for 70 more exchanges: 70 unreadable');
    expect(few).not.toContain('Raise `sample.noise`');
  });

  it('is not told of noise that is', () => {
    expect(printed([...many(100), ...many(40, { kind: 'noise' })])).not.toMatch(doubt);
    const held = [...noisyPairs(1, 400, 'compare'), ...noisyPairs(2, 300, 'noise')];
    expect(printed(held)).not.toMatch(/second run|^Only/m);
  });
});

describe('every line of a printed report', () => {
  it('has 100 characters at most, whatever is wrong and however things are called', () => {
    const long = 'x'.repeat(200);
    const pairs = noisyPairs(1, 90, 'compare').map((pair, at) =>
      pairOf({
        ...pair,
        requestId: `${at}${long}`,
        tenant: `${at % 30}${long}`,
        candidate: {
          ...pair.candidate,
          recalled: [`1${long}`, `2${long}`, `3${long}`, `4${long}`],
        },
        divergence: {
          verdict: 'worse',
          decidedBy: long,
          layers: [],
          notes: ['longer', 'numbers', 'swapped', 'truncated', 'slower', 'language', 'refusal'],
          ms: 0,
        },
      }),
    );
    const misses = (['unsafe', 'bytes', 'late', 'noKey', 'budget'] as const).map((why) =>
      missesOf({ why, count: 5, tenant: `silent${why}${long}` }),
    );
    for (const noise of [0, 40]) {
      const text = printed([...pairs, ...noisyPairs(2, noise, 'noise')], { misses, prices });
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(text).toMatch(/^GAP: the shadow was on for 115 exchanges and ran for 90 of them/);
      expect(text.split('\n').every((line) => !/^ +$/.test(line))).toBe(true);
    }
  });

  it('is broken so that nothing is lost, whatever stands in it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', '-', ' '), maxLength: 300 });
    fc.assert(
      fc.property(word, fc.nat(300), (text, blanks) => {
        const lines = wrapped(' '.repeat(blanks) + text);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(lines.filter((line) => line.length > 100)).toEqual([]);
      }),
    );
  });

  it('fits also where a broken clock or counter has told a number of 300 digits', () => {
    const pairs = many(9, {
      candidate: {
        ...pairOf().candidate,
        durationMs: 1e308,
        usage: { inputTokens: 1e300, outputTokens: 1e300 },
      },
    });
    for (const noise of [[], many(40, { kind: 'noise' })]) {
      const text = printed([...pairs, ...noise], { prices });
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it('keeps the usual worst pairs whole', () => {
    const requestId = '0b5f9a52-5d0e-4f2c-9f07-0d6f1f6f8a11';
    const divergence = {
      verdict: 'different' as const,
      decidedBy: 'lexical',
      layers: [],
      notes: ['numbers', 'slower'],
      ms: 0,
    };
    expect(printed([pairOf({ requestId, divergence })])).toMatch(
      /^ {2}0b5f9a52-5d0e-4f2c-9f07-0d6f1f6f8a11 +acme +different by lexical +numbers slower$/m,
    );
  });
});
