import type { PairRecord } from 'engramia-cutover/pairs';
import { formatReport, type SummaryOptions, summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import { missesOf, pairOf } from '../../pairs/pairs.ts';
import { flowing } from './flowing.ts';

const printed = (pairs: readonly PairRecord[], options?: SummaryOptions): string =>
  flowing(formatReport(summarize(pairs, options)));

const firstLine = (...given: Parameters<typeof printed>): string =>
  printed(...given).split('\n')[0] ?? '';

const bad = (count: number): PairRecord[] =>
  Array.from({ length: count }, (_, at) =>
    pairOf({
      requestId: `request-${at}`,
      tenant: `tenant-${at % 30}`,
      candidate: { ...pairOf().candidate, tools: ['search'] },
      divergence: {
        verdict: 'different',
        decidedBy: 'tools',
        layers: [{ layer: 'tools', say: 'different', ms: 0 }],
        notes: ['longer', 'numbers', 'tool-extra', 'tool-missing', 'slower', 'language'],
        ms: 0,
      },
    }),
  );

describe('the first line', () => {
  it('is the gap between a shadow that is on and one that ran, with its reasons and what mends them', () => {
    const misses = [
      missesOf({ why: 'unsafe', count: 1_200 }),
      missesOf({ why: 'count', count: 3 }),
      missesOf({ why: 'sampled', count: 500 }),
    ];
    const line = firstLine([pairOf()], { misses });
    expect(line).toMatch(
      /^GAP: the shadow was on for 1,204 exchanges and ran for 1 of them \(0\.1 %\)/,
    );
    expect(line).toContain('1,200 unsafe (declare the candidate by `shadowSafe`');
    expect(line).toContain('3 count');
    expect(line).not.toContain('sampled');
  });

  it('tells also of exchanges that nobody accounts for', () => {
    expect(firstLine([pairOf()], { served: 9 })).toContain('8 that nobody accounts for');
    expect(firstLine([pairOf(), pairOf()], { served: 1 })).toMatch(/^GAP/);
  });

  it('tells of no gap where everything ran or was sampled out by choice', () => {
    const misses = [missesOf({ count: 99 })];
    expect(printed([pairOf()], { misses })).not.toContain('GAP');
    expect(firstLine([pairOf()], { misses })).toMatch(/^Exchanges: 100 = 1 compared \+ 99 sampled/);
  });

  it('is followed by the tenants and days for which it never ran', () => {
    const at = Date.UTC(2026, 0, 1);
    const misses = [missesOf({ at: at + 86_400_000, tenant: 'silent', why: 'noKey' })];
    const text = printed([pairOf({ at })], { misses });
    expect(text).toContain('It never ran for 1 of 2 tenants: silent');
    expect(text).toContain('It was on and never ran on 2026-01-02');
  });
});

describe('a printed report', () => {
  it('says that nothing can be said where nothing was compared', () => {
    expect(printed([])).toContain('Nothing was compared');
  });

  it('says what to do about each diagnosis, and how sure it is', () => {
    const text = printed(bad(100));
    expect(text).toContain(
      '! The candidate’s replies are far longer: 100.0 % (96.3 to 100.0) of 100',
    );
    expect(text).toContain('lower the recall limit');
    expect(text).toContain('! The candidate calls other tools');
    expect(text).toContain('Align the base instructions');
    expect(text).toContain('Recalled in wrong replies: pattern-1 (100 of 100)');
    expect(text).toMatch(/look_up +search +100/);
  });

  it('says that tools were not compared where one leg alone tells of its own', () => {
    const told = pairOf();
    const divergence = {
      verdict: 'same',
      decidedBy: 'exact',
      ms: 0,
      layers: [{ layer: 'tools', say: 'none', ms: 0 }],
      notes: ['tools-unknown'],
    } as const;
    const text = printed([told, pairOf({ requestId: 'half-known', divergence })]);
    expect(text).toContain('Tools were not compared in 50.0 % of the pairs');
    expect(text).toContain('`view` that gives `toolCalls`');
    expect(printed([told])).not.toContain('Tools were not compared');
  });

  it('shows noise beside the share where there is some', () => {
    const noise = Array.from({ length: 50 }, () => pairOf({ kind: 'noise' }));
    expect(printed([...bad(100), ...noise])).toContain(
      'legacy against itself 0.0 %: 100.0 % above',
    );
  });

  it('leaves open what too few noise pairs tell, and says that more would', () => {
    const noise = Array.from({ length: 40 }, () => pairOf({ kind: 'noise' }));
    const fine = Array.from({ length: 900 }, () => pairOf());
    const text = printed([...bad(60), ...fine, ...noise]);
    expect(text).toContain('No diagnosis');
    expect(text).toMatch(/\? The candidate’s replies are far longer: 6\.3 % .* More noise pairs/);
    expect(printed([...fine, ...noise])).not.toContain('More noise pairs');
  });

  it('says how many days of volume are still missing', () => {
    const days = (count: number) =>
      Array.from({ length: count }, (_, day) => pairOf({ at: Date.UTC(2026, 0, 1 + day) }));
    expect(printed(days(5))).toContain('Days of volume in a row: 5 of 7 (2 more to go)');
    expect(printed(days(8))).toContain('8 of 7 (enough)');
  });

  it('shows latency, tokens and cost of both legs', () => {
    const prices = { currency: 'USD', legacy: { input: 2, output: 10 } };
    const text = printed([pairOf()], { prices });
    expect(text).toMatch(/legacy +\d+ ms +\d+ ms +\d+ ms +300 \+ 60 +0\.00 USD/);
    expect(text).toMatch(/candidate +\d+ ms +\d+ ms +\d+ ms +500 \+ 70 +–/);
  });

  it('fits a screen, even when all is wrong for many tenants', () => {
    const lines = printed(bad(3_000), { misses: [missesOf({ why: 'late' })] }).split('\n');
    expect(lines.length).toBeLessThan(60);
    expect(lines.some((line) => line.includes('… and 26 more'))).toBe(true);
  });

  it('lets no name from outside write on the terminal what it likes', () => {
    const evil = '\u001b[2J\u009b31m\u202Egone\r\nGAP: all is well\u0007\u2028';
    const pair = pairOf({
      requestId: evil,
      tenant: evil,
      legacy: { ...pairOf().legacy, tools: [evil] },
      candidate: {
        ...pairOf().candidate,
        tools: [],
        recalled: [evil],
        error: { name: evil, code: evil },
      },
      divergence: {
        verdict: 'worse',
        decidedBy: evil,
        layers: [],
        notes: ['numbers', evil],
        ms: 0,
      },
    });
    const others = Array.from({ length: 30 }, (_, at) => ({ ...pair, tenant: `${at}${evil}` }));
    const misses = [missesOf({ tenant: `${evil}2`, why: 'unsafe' })];
    const text = printed([pair, ...others], { misses, prices: { currency: evil } });
    expect(text).toContain('gone');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text.split('\n').filter((line) => line.startsWith('GAP: all'))).toEqual([]);
  });
});

it.each([Promise.resolve({}), undefined, {}])(
  'what is no report is refused, and a promise is to be awaited: %o',
  (report) => {
    expect(() => formatReport(report as never)).toThrow(
      /^Invalid options of formatReport\(\): report must be .* of readPairs\(\) that is a promise: await it/,
    );
  },
);
