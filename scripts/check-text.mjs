// Fails on text that does not belong in the project: hosts and paths of one machine, notes of unfinished work, switches
// that silence a check. Brackets in the patterns keep this file from finding itself.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const everywhere = () => true;
const handWritten = (path) => path !== 'package-lock.json'; // its checksums spell anything
const tests = (path) => path.startsWith('test/');

const rules = [
  { what: 'registry host', pattern: /https?:\/\/registry/i, applies: everywhere },
  {
    what: 'path of one machine',
    pattern: /(?<![\w)\]}.-])\/wor[k](?![\w-])/,
    applies: handWritten,
  },
  {
    what: 'note of unfinished work',
    pattern: /\b(?:T[O]DO|FIX[M]E|X[X]X)\b/,
    applies: handWritten,
  },
  { what: 'silenced lint', pattern: /biome[-]ignore/, applies: handWritten },
  { what: 'silenced type check', pattern: /@ts[-](?:ignore|nocheck)/, applies: handWritten },
  { what: 'skipped or singled-out test', pattern: /\.(?:skip|only)\(/, applies: tests },
];

const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '');

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // deleted, not committed yet
  }
}

const problems = paths.flatMap((path) => {
  const active = rules.filter((rule) => rule.applies(path));
  return readText(path)
    .split('\n')
    .flatMap((line, index) =>
      active
        .filter((rule) => rule.pattern.test(line))
        .map((rule) => `${path}:${index + 1}: ${rule.what}: ${line.trim().slice(0, 80)}`),
    );
});

console.log(problems.join('\n') || `text: ${paths.length} files, clean`);
process.exitCode = problems.length > 0 ? 1 : 0;
