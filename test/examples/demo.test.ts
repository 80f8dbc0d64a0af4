import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

const phases = [
  ...['off', 'dualwrite', 'shadow', 'live 5 %', 'live 25 %', 'live 50 %', '50 %, service down'],
  ...['50 %, service up', 'live 100 %', 'back', 'live again', 'complete'],
];

let staged: StagedPackage;
let output: { stdout: string; stderr: string };
let lines: string[];

beforeAll(async () => {
  staged = await stagePackage();
  // Rejects when the exit code is not 0, with what was printed.
  output = await runExample(staged, 'demo/main.ts', 40_000);
  lines = output.stdout.split('\n');
}, 80_000);

afterAll(() => staged[Symbol.dispose]());

/** Where the closing tables are found: by a title that only the one has. */
const titles = { users: 'calls', shadow: 'queue' };
type Table = keyof typeof titles;

/** The cells of a phase's row in one of the closing tables. */
function rowOf(table: Table, phase: string): string[] {
  const isHead = (line: string): boolean =>
    line.startsWith('phase ') && line.includes(titles[table]);
  const rows = lines.slice(lines.findIndex(isHead) + 1);
  const row = rows.find((line) => line.startsWith(`${phase}  `)) ?? '';
  return row.slice(phase.length).trim().split(/ {2,}/);
}

const numberIn = (cell: string | undefined): number => Number(cell?.replaceAll(/[,%]/g, ''));

/** The sum of a column over all phases. */
function total(table: Table, column: number): number {
  return phases.reduce((sum, phase) => sum + numberIn(rowOf(table, phase)[column]), 0);
}

describe('the demo', () => {
  it('walks through all phases in order', () => {
    const walked = lines
      .map((line) => line.split(': ')[0] ?? '')
      .filter((name) => phases.includes(name));
    expect(walked).toEqual(phases);
  });

  it('says before anything else that limits and pacing are lifted', () => {
    const terms = lines.slice(0, lines.indexOf('')).join(' ');
    expect(terms).toContain('rateLimits: false, pacing: false');
  });

  it('prints plain lines when it is piped, and nothing as an error', () => {
    expect(output.stderr).toBe('');
    expect(output.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('closes with a balance in which every check holds', () => {
    const checks = lines.filter((line) => /^ {2}(ok|BROKEN) {2}/.test(line));
    expect(checks.length).toBeGreaterThan(15);
    expect(checks.filter((line) => line.includes('BROKEN'))).toEqual([]);
    expect(lines).toContain('Everything balances.');
  });

  it('shows users of every phase, and none of them with an error', () => {
    for (const phase of phases) {
      expect(numberIn(rowOf('users', phase)[0]), phase).toBeGreaterThan(10);
    }
    expect(lines.find((line) => line.includes('Errors that users got'))).toMatch(/: 0 = 0$/);
  });

  it('reports of the shadow phase what was planted in the candidate, and nothing else', () => {
    const report = lines.slice(lines.indexOf('Report of phase "shadow"'), lines.indexOf('Balance'));
    const diagnoses = report.filter((line) => line.startsWith('  ! '));
    expect(diagnoses.map((line) => line.slice(4).split(':')[0])).toEqual([
      'The candidate gives other answers',
      'The candidate calls other tools',
      'The candidate’s replies are far longer',
    ]);
    expect(report.join()).toMatch(/- The candidate gives other numbers: 1\d\.\d %/);
    expect(report.join()).not.toContain('GAP');
    const counts = lines
      .filter((line) => line.includes('planted ('))
      .map((line) => numberIn(line.split('= ')[1]));
    expect(counts).toHaveLength(3);
    expect(Math.min(...counts)).toBeGreaterThan(10);
  });

  it.each([
    { phase: 'off', tenants: '0 %' },
    { phase: 'shadow', tenants: '0 %' },
    { phase: 'live 100 %', tenants: '100 %' },
    { phase: 'back', tenants: '0 %' },
    { phase: 'complete', tenants: '100 %' },
  ])('has $tenants of the tenants with the candidate in phase $phase', ({ phase, tenants }) => {
    expect(rowOf('users', phase)[3]).toBe(tenants);
  });

  it('raises the share of tenants from step to step', () => {
    const steps = ['live 5 %', 'live 25 %', 'live 50 %', 'live 100 %'];
    const shares = steps.map((phase) => numberIn(rowOf('users', phase)[3]));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(new Set(shares).size).toBe(steps.length);
  });

  it('shows what it promises to show: fallbacks, duplicates, skipped tenants, a queue while down', () => {
    expect(total('users', 5), 'fallbacks').toBeGreaterThan(0);
    expect(total('shadow', 0), 'learned').toBeGreaterThan(0);
    expect(total('shadow', 1), 'deduplicated').toBeGreaterThan(0);
    expect(total('shadow', 5), 'mirrored').toBeGreaterThan(0);
    expect(output.stdout).toMatch(/skipped \(noKey \d+, filtered \d+/);
    expect(numberIn(rowOf('shadow', '50 %, service down')[4])).toBeGreaterThan(0);
  });
});
