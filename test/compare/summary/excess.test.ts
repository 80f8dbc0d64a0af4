import {
  type CompareReport,
  type ExcessFigures,
  formatReport,
  type PairFigures,
  summarize,
} from 'engramia-cutover/report';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Divergence } from '../../../src/core/contracts/comparer.ts';
import { noisyPairs, prices, type Truth, usual } from './noisy-pairs.ts';

const held = (seed: number, compared: number, noise: number, truth: Truth = usual): CompareReport =>
  summarize(
    [
      ...noisyPairs(2 * seed, compared, 'compare', truth),
      ...noisyPairs(2 * seed + 1, noise, 'noise'),
    ],
    { prices },
  );

type Bounds = { readonly low?: number; readonly high?: number; readonly few?: true };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isFigure = (value: Record<string, unknown>): boolean =>
  ('of' in value && 'low' in value) || ('count' in value && 'p50' in value);

const isExcess = (value: Record<string, unknown>): boolean =>
  !('of' in value) && ('low' in value || 'high' in value || 'difference' in value);

/** Where in a report something stands, by the names on the way. */
function pathsOf(
  value: unknown,
  isLeaf: (value: Record<string, unknown>) => boolean,
  path = '',
): [path: string, leaf: unknown][] {
  if (typeof value === 'number') return [[path, value]];
  if (!isRecord(value)) return [];
  if (isLeaf(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsOf(inner, isLeaf, `${path}/${name}`),
  );
}

const at = (root: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), root);

/** Parts of a report that measure nothing of the candidate against legacy, and why. */
const noMetrics: Readonly<Record<string, string>> = {
  coverage: 'counts what was compared; that of noise stands in `noise`',
  diagnoses: 'findings, each with its noise and excess',
  findings: 'each has its own noise and excess',
  noise: 'the other side',
  excess: 'the difference',
  volume: 'days',
  toolsUnknown: 'what was not compared',
  currency: 'a name',
  patterns: 'only a candidate recalls them',
  worst: 'pairs by name',
  tenants: 'the same counts by tenant',
};

/** Numbers beside a metric: sums that grow with the number of pairs, and names. */
const besides = /\/(count|status|replies|input|output|cost)$/;

/** What of a row is held against what. */
const rows = [
  [/(\/errors\/\d+)\/rate$/, '$1/excess'],
  [/(\/tools\/\d+)\/pairs$/, '$1/excess'],
] as const;

const excessPath = (path: string): string =>
  rows.reduce((known, [from, to]) => known.replace(from, to), path);

describe('every metric of a report', () => {
  const report = held(1, 300, 200);

  it('is told of the candidate, of legacy against itself, and of what is more', () => {
    const metrics = Object.entries(report).filter(([name]) => !(name in noMetrics));
    const paths = metrics
      .flatMap(([name, value]) => pathsOf(value, isFigure, `/${name}`))
      .map(([path]) => path)
      .filter((path) => !besides.test(path));
    expect(paths.length).toBeGreaterThan(45);
    expect(paths.filter((path) => at(report.noise, path) === undefined)).toEqual([]);
    expect(paths.filter((path) => at(report.excess, excessPath(path)) === undefined)).toEqual([]);
    expectTypeOf<Exclude<keyof PairFigures, 'coverage'>>().toEqualTypeOf<
      Exclude<keyof ExcessFigures, 'pairs' | 'asked' | 'sameTenant' | 'sameStage'>
    >();
  });

  it('has values on both sides in this test, so that none is held against nothing', () => {
    for (const name of [
      'lengthRatio',
      'similarity',
      'meaning',
      'latencyRatio',
      'costRatio',
    ] as const)
      expect(report.excess?.[name].p50, name).toBeDefined();
    expect(report.excess?.legs.candidate.tokens.costPerReply).toBeDefined();
    expect(report.excess?.tools.length).toBeGreaterThan(1);
    expect(report.excess?.legs.candidate.errors).toHaveLength(1);
  });

  it('survives JSON unchanged, and is absent where legacy never ran twice', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(held(1, 300, 0)).not.toHaveProperty('excess');
    expect(held(1, 0, 30)).not.toHaveProperty('excess');
  });
});

describe('the excess over noise', () => {
  it('contains 0 for two equally noisy legs, in 98 of 100 of 1,000 samples and for every metric', () => {
    const seeds = 1_000;
    const outside = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed += 1) {
      const { excess, findings } = held(1_000 + seed, 60, 40);
      const told = Object.fromEntries(findings.map(({ kind, excess: more }) => [kind, more]));
      for (const [path, leaf] of pathsOf({ excess, told }, isExcess)) {
        if (!isRecord(leaf)) continue;
        const { low = -1, high = 1 } = leaf as Bounds;
        outside.set(path, (outside.get(path) ?? 0) + Number(low > 0 || high < 0));
      }
    }
    expect(outside.size).toBeGreaterThan(90);
    expect([...outside].filter(([, count]) => count > 0.02 * seeds)).toEqual([]);
  });

  it('contains what was planted and not 0, for every kind of metric', () => {
    const truth: Truth = {
      fails: 0.28,
      worse: 0.5,
      longer: 0.4,
      advised: 0.4,
      otherTool: 0.6,
      times: 1.5,
      likeness: 0.3,
    };
    const { excess, findings } = held(7, 3_000, 2_000, truth);
    const { legs, tools } = excess ?? {};
    const found = findings.find(({ kind }) => kind === 'wrong-answers')?.excess;
    // Both legs answer in 0.92 × 0.72 of the pairs, and in 0.92 × 0.92 of those of noise.
    const both = 0.92 * (0.72 - 0.92);
    const planted: [name: string, Bounds | undefined, truth: number][] = [
      ['outcome', excess?.outcomes.bothAnswered, both],
      ['verdict', excess?.verdicts.worse, 0.3],
      ['advisory', excess?.advisory, 0.3],
      ['layer', excess?.layers.judge?.worse, 0.3],
      ['finding', found, 0.3],
      ['error', legs?.candidate.errors[0]?.excess, 0.2],
      ['tool', tools?.find(({ candidate }) => candidate === 'search')?.excess, 0.4],
      ['length', excess?.lengthRatio.p50, 0.5],
      ['latency', excess?.latencyRatio.p50, 0.5],
      ['latency of the leg', legs?.candidate.latency.p50, 400],
      ['tokens', excess?.outputTokenRatio.p50, 0.5],
      ['similarity', excess?.similarity.p50, -0.2],
      ['meaning', excess?.meaning.p50, -0.2],
      ['cost', excess?.costRatio.p50, 0.5],
    ];
    for (const [name, bounds, difference] of planted) {
      const { low = Number.NaN, high = Number.NaN } = bounds ?? {};
      expect(low, name).toBeLessThan(difference);
      expect(high, name).toBeGreaterThan(difference);
      expect(Math.sign(low), name).toBe(Math.sign(high));
      expect(bounds, name).not.toHaveProperty('few');
    }
    const { low = 0, high = 0 } = legs?.candidate.tokens.inputPerReply ?? {};
    const mean = 450 * (Math.sinh(0.2) / 0.2) ** 4;
    expect([low < mean, mean < high, low > 0]).toEqual([true, true, true]);
    expect(Math.abs(legs?.legacy.latency.p50?.difference ?? 99)).toBeLessThan(40);
  });

  it('has no bound where too few values tell of a tail', () => {
    const { p50, p99 } = held(3, 60, 40).excess?.lengthRatio ?? {};
    expect(Object.keys(p50 ?? {})).toEqual(['difference', 'low', 'high']);
    expect(Object.keys(p99 ?? {})).toEqual(['difference']);
  });

  it('says of fewer noise pairs than are asked for that they are few, metric by metric', () => {
    const few = (report: CompareReport) =>
      pathsOf(report.excess, isExcess).flatMap(([path, leaf]) =>
        isRecord(leaf) && 'few' in leaf ? [path] : [],
      );
    expect(few(held(5, 100, 29)).length).toBeGreaterThan(40);
    expect(held(5, 100, 29).excess?.lengthRatio.few).toBe(true);
    const { excess } = held(5, 100, 100);
    expect(excess?.verdicts.worse).not.toHaveProperty('few');
    expect(excess?.lengthRatio).not.toHaveProperty('few');
    const asked = { prices, thresholds: { noisePairs: 10 } };
    const enough = summarize(
      [...noisyPairs(1, 50, 'compare'), ...noisyPairs(2, 29, 'noise')],
      asked,
    );
    expect(enough.excess?.verdicts.worse).not.toHaveProperty('few');
  });

  it('is not known where noise has more tools or errors than are counted', () => {
    const named = (kind: 'compare' | 'noise', name: string) =>
      noisyPairs(1, 1, kind).map((pair) => ({
        ...pair,
        legacy: { ...pair.legacy, tools: [] },
        candidate: { ...pair.candidate, tools: [name], error: { name } },
      }));
    const noise = Array.from({ length: 1_200 }, (_, at) => named('noise', `n-${at}`)).flat();
    const { excess } = summarize([...named('compare', 'other'), ...noise]);
    expect(excess?.tools[0]).toMatchObject({ noise: { of: 0 }, excess: { few: true } });
    expect(excess?.legs.candidate.errors[0]).toMatchObject({
      noise: { of: 0 },
      excess: { few: true },
    });
  });
});

describe('a printed report', () => {
  const text = (compared: number, noise: number): string => formatReport(held(11, compared, noise));

  it('tells each metric three ways, aligned and within 100 columns', () => {
    const printed = text(400, 300);
    expect(printed).toContain('Held against 300 pairs of legacy against itself');
    expect(printed).toMatch(/verdict worse +2\d\.\d % +\d\d\.\d % +[+-]\d\.\d \(-.* to \+.*\) pp/);
    expect(printed).toMatch(/length, × legacy p90 +1\.\d\d +1\.\d\d +/);
    expect(printed).toMatch(/similarity p5 +0\.\d\d +0\.\d\d +/);
    expect(printed).toMatch(/latency p99 +1,\d+ ms +1,\d+ ms +/);
    expect(printed).toMatch(/cost a reply, USD +0\.00\d\d +0\.00\d\d +/);
    expect(printed).toMatch(/BusyError 429 +\d+\.\d % +\d+\.\d % +/);
    expect(printed).toMatch(/judge: worse +/);
    expect(printed).toMatch(/look_up +search +\d+ +\d+\.\d % +\d+\.\d % +.* pp/);
    const lines = printed.split('\n');
    expect(lines.filter((line) => line.startsWith('  ') && line.length > 100)).toEqual([]);
    const start = lines.findIndex((line) => /candidate +itself +excess/.test(line));
    const end = lines.findIndex((line) => line.includes('BusyError'));
    expect(new Set(lines.slice(start, end + 1).map((line) => line.length)).size).toBe(1);
  });

  it('says of few noise pairs that they are no knowledge, and shows no excess', () => {
    const printed = text(400, 29);
    expect(printed).toContain('Too few noise pairs, 29 of 30');
    expect(printed).toMatch(/verdict worse +\d+\.\d % +\d+\.\d % +too few noise pairs/);
    expect(printed).not.toContain(' pp');
  });

  it('says without noise pairs that nothing was held against noise, and how that is done', () => {
    const printed = text(400, 0);
    expect(printed).toContain(
      'Nothing was held against noise: give `legacyShadow` and set `sample.noise`',
    );
    expect(printed).not.toContain('nothing differs by more than noise');
    expect(printed).toMatch(/length, × legacy +\d/);
  });

  it('shows no excess of what no candidate can have had, and fits 100 columns whatever things are called', () => {
    const long = 'x'.repeat(200);
    const noise = noisyPairs(2, 60, 'noise').map((pair) => ({
      ...pair,
      divergence: { ...(pair.divergence as Divergence), notes: ['tool-extra'] },
    }));
    const pairs = noisyPairs(1, 60, 'compare').map((pair) => ({
      ...pair,
      tenant: long,
      legacy: { ...pair.legacy, tools: [`a${long}`] },
      candidate: { ...pair.candidate, tools: [`b${long}`], error: { name: long, code: long } },
      divergence: {
        ...(pair.divergence as Divergence),
        layers: [{ layer: long, say: 'different' as const, ms: 0 }],
      },
    }));
    const printed = formatReport(summarize([...pairs, ...noise], { prices }));
    expect(printed).toMatch(/tool-extra +– +100\.0 % +–/);
    const lines = printed.split('\n').filter((line) => line.startsWith('  '));
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});
