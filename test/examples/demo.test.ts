import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

const climb = ['live 0 %', 'live 5 %', 'live 25 %', 'live 50 %'];
const phases = [
  ...['off', 'dualwrite', 'shadow', ...climb, '50 %, service down', '50 %, service up', 'back'],
  ...['live again', 'regression', 'rolled back', 'climb again', 'live 100 %', 'complete'],
];

let staged: StagedPackage;
let output: { stdout: string; stderr: string };
let lines: string[];

beforeAll(async () => {
  staged = await stagePackage();
  // Rejects when the exit code is not 0, with what was printed.
  output = await runExample(staged, 'demo/main.ts', 90_000);
  lines = output.stdout.split('\n');
}, 130_000);

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
    expect(checks.length).toBeGreaterThan(30);
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
    const report = lines.slice(
      lines.indexOf('Report of phase "shadow"'),
      lines.indexOf('Report of phase "regression"'),
    );
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
    { phase: 'rolled back', tenants: '0 %' },
    { phase: 'complete', tenants: '100 %' },
  ])('has $tenants of the tenants with the candidate in phase $phase', ({ phase, tenants }) => {
    expect(rowOf('users', phase)[3]).toBe(tenants);
  });

  it('raises the share of tenants from step to step', () => {
    const steps = [...climb, 'live 100 %'];
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

  /** The kinds of the entries as printed, with who made them and the move. */
  const trail = (): string[] => {
    const from = lines.indexOf('The audit trail') + 2;
    const to = lines.findIndex((line) => /^ {2}head {2}[0-9a-f]{64}$/.test(line));
    expect(to).toBeGreaterThan(from);
    return lines.slice(from, to).map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
  };

  it('rolls back by itself once before and once in the middle of the ramp, each with its figures', () => {
    const back = trail().filter((line) => line.includes(' | rollback | '));
    expect(back).toHaveLength(2);
    const stretch = /(, \+\d+\.\d pp over \d+ of them in a row)?/.source;
    const figures = new RegExp(
      `wrong answers \\+\\d+\\.\\d pp over \\d+ pairs${stretch}, shown to be above \\+5\\.0 pp$`,
    );
    for (const line of back) expect(line).toMatch(figures);
    expect(back.map((line) => line.split(' | ')[3])).toEqual(['0 → 0 %', '50 → 0 %']);
    expect(back.every((line) => line.split(' | ')[1] === 'system')).toBe(true);
  });

  it('is resumed by a person after each rollback, climbs by itself to what a person approves, and completes', () => {
    const moves = trail()
      .map((line) => line.split(' | '))
      .filter(([, , kind = '']) => /^(ramp\.(step|resumed)|rollback|complete)$/.test(kind))
      .map(([, actor, kind, move]) => `${actor} ${kind} ${move}`);
    const climbed = ['0 → 5 %', '5 → 25 %', '25 → 50 %'].map((move) => `system ramp.step ${move}`);
    expect(moves).toEqual([
      ...['system rollback 0 → 0 %', 'Ada ramp.resumed 0 → 0 %', ...climbed],
      ...['system rollback 50 → 0 %', 'Ada ramp.resumed 0 → 0 %', ...climbed],
      ...['Ada ramp.step 50 → 100 %', 'Ada complete 100 → 100 %'],
    ]);
  });

  it('says what stands in the way of completing, before nothing does', () => {
    const refused = lines.find((line) => line.startsWith('  refused '));
    expect(refused).toContain('100 % has to be held for another');
  });

  it('gives wrong answers to users in the regression alone, until the ramp has seen it', () => {
    const wrong = phases.filter((phase) => numberIn(rowOf('users', phase)[6]) > 0);
    expect(wrong).toEqual(['regression']);
  });

  it('verifies its own trail, and finds one that was edited and one whose end was cut off', () => {
    expect(output.stdout).toContain(`${trail().length} entries in one chain, vouched for up to`);
    expect(output.stdout).toMatch(/is not what was chained.*the trail ends with entry/);
  });
});
