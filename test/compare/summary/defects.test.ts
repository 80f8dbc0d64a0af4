import type { PairRecord } from 'engramia-cutover/pairs';
import { type CompareReport, formatReport, summarize } from 'engramia-cutover/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { defects, raised } from '../planted-defects.ts';
import { flowing } from './flowing.ts';
import { defectivePairs, healthyPairs } from './made-pairs.ts';

const exchanges = 1_000;
/** Exchanges of them in which the candidate has the defect. */
const planted = 100;
const noisePairs = 300;

let healthy: PairRecord[];
let noise: PairRecord[];

beforeAll(async () => {
  healthy = await healthyPairs(10_000, exchanges);
  noise = await healthyPairs(20_000, noisePairs, { kind: 'noise' });
});

const kindsOf = ({ diagnoses }: CompareReport): string[][] =>
  diagnoses.map(({ kind, parts }) => [kind, ...parts.map((part) => part.kind)]);

describe('the report', () => {
  it('has a case for every defect', () => {
    expect(Object.keys(raised)).toEqual(Object.keys(defects));
  });

  it.each(Object.keys(raised))(
    'names %s in a tenth of 1,000 exchanges, and nothing else, with noise and without',
    async (name) => {
      const bad = await defectivePairs(name, 30_000, planted);
      const pairs = [...healthy.slice(planted), ...bad];
      expect(pairs).toHaveLength(exchanges);
      for (const known of [pairs, [...pairs, ...noise]]) {
        const report = summarize(known);
        const [kind = '', ...parts] = raised[name] ?? [];
        expect(kindsOf(report).map(([first]) => first)).toEqual([kind]);
        expect(kindsOf(report)[0]).toEqual(expect.arrayContaining([kind, ...parts]));
        const [diagnosis] = report.diagnoses;
        expect(formatReport(report)).toContain(`! ${diagnosis?.says}`);
        expect(flowing(formatReport(report))).toContain(diagnosis?.remedy);
        if (name !== 'slower') expect(report.worst[0]?.requestId).toContain(name);
      }
    },
  );

  it('raises nothing for 1,000 exchanges of two equally noisy legs, with noise and without', () => {
    for (const known of [healthy, [...healthy, ...noise]]) {
      const report = summarize(known);
      expect(report.diagnoses).toEqual([]);
      expect(report.findings.filter((finding) => finding.raised)).toEqual([]);
      expect(formatReport(report)).toContain('No diagnosis');
    }
  });

  it('raises nothing for two legs that are bad alike, where noise says so', async () => {
    const bad = await defectivePairs('verbose', 40_000, 150);
    const alike = [...healthy.slice(150), ...bad];
    const itself = [...noise.slice(60), ...bad.slice(0, 60)].map((pair) => ({
      ...pair,
      kind: 'noise' as const,
    }));
    expect(kindsOf(summarize(alike))).toEqual([['verbose']]);
    expect(kindsOf(summarize([...alike, ...itself]))).toEqual([]);
  });
});
