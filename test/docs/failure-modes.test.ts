import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/failure-modes.md'), 'utf8');

/** The words in quotes and the names that the code itself has for what it tells. */
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
  .join('\n')
  .replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '');

/** The cells of one column, in all tables that have it. */
function column(name: string): string[] {
  return page.split(/\n\n+/).flatMap((block) => {
    const rows = block.split('\n').filter((line) => line.startsWith('|'));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    const at = cells[0]?.indexOf(name) ?? -1;
    return at < 0 ? [] : cells.slice(2).map((row) => row[at] ?? '');
  });
}

const codeIn = (cells: readonly string[]): string[] => [
  ...new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
  ),
];

/** Whether the code has this very word: an event, a reason, a count, a field. */
function isTold(word: string): boolean {
  const own = word.replace(/^judge-/, ''); // put before what a judge answers
  const isName = /^\w+$/.test(own);
  return isName ? new RegExp(`\\b${own}\\b`).test(source) : source.includes(`'${own}'`);
}

/** Whether the list above the codes says, once, what one stands for. */
const isExplained = (errors: string, code: string): boolean =>
  errors.split(`- \`${code}\`: `).length === 2 || code.startsWith('ERR_OPENAI_RUN_');

describe('the page of what can fail', () => {
  it('names no event, count or reason that the library does not tell', () => {
    const told = codeIn(column('told by'));
    expect(told.length).toBeGreaterThan(40);
    const parts = told.flatMap((code) =>
      isTold(code) ? [code] : code.replace(/\(\)$/, '').split('.'),
    );
    expect(parts.filter((part) => !isTold(part))).toEqual([]);
  });

  it('tells of every way in which a lane skips, drops or ends a task', () => {
    const counts = readFileSync(join(root, 'src/core/contracts/counts.ts'), 'utf8');
    const unions = ['SkipReason', 'DropReason', 'TaskOutcome'].map(
      (name) => counts.split(`export type ${name} =`)[1]?.split(';')[0] ?? '',
    );
    const reasons = unions.flatMap((union) =>
      [...union.matchAll(/'(\w+)'/g)].map(([, one]) => one),
    );
    expect(reasons.length).toBeGreaterThan(12);
    // What is no failure: kept back by decision, or done.
    const fine = ['filtered', 'sampled', 'stored', 'deduplicated', 'closed'];
    expect(
      reasons.filter((one) => !fine.includes(one ?? '') && !page.includes(`\`${one}\``)),
    ).toEqual([]);
  });

  it('tells of every callback of the app that can fail', () => {
    const events = readFileSync(join(root, 'src/core/events/events.ts'), 'utf8');
    const union = events.split('export type Operation =')[1]?.split(';')[0] ?? '';
    const operations = [...union.matchAll(/'([\w.]+)'/g)].map(([, one = '']) => one);
    expect(operations.length).toBeGreaterThan(20);
    // Nothing is told of these by an event: they are part of others, or end in a warning.
    const quiet = ['engramia.confirm', 'listener', 'logger'];
    const told = operations.filter((one) => !quiet.includes(one));
    expect(told.filter((one) => !page.includes(`\`${one}\``))).toEqual([]);
  });

  it('tells of every code that an error of the library can carry', () => {
    const errors = readFileSync(join(root, 'src/core/errors.ts'), 'utf8');
    const union = errors.split('export type CutoverErrorCode =')[1]?.split(';')[0] ?? '';
    const codes = [...union.matchAll(/'(\w+)'/g)].map(([, one = '']) => one);
    expect(codes.length).toBeGreaterThan(20);
    const openai = readFileSync(join(root, 'docs/openai.md'), 'utf8');
    const told = (code: string): boolean =>
      code.startsWith('ERR_OPENAI_')
        ? openai.includes(`\`${code}\``) ||
          openai.includes(`\`${code.slice(code.lastIndexOf('_'))}\``)
        : listed.includes(code);
    const listed = codeIn(column('code'));
    expect(codes.filter((code) => !told(code))).toEqual([]);
    expect(codes.filter((code) => !isExplained(errors, code))).toEqual([]);
    const named = listed.filter((code) => !code.includes('…'));
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
  });
});
