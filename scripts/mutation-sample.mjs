// Runs the mutants of blocks of lines that are drawn from all files that `npm run mutation` mutates: minutes instead of hours,
// and an interval for what the whole would give. Run: npm run mutation:sample -- [percent] [seed]
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wilson } from '../src/compare/judging/wilson.ts';
import { bucketCount, hashLimit, murmur3 } from '../src/core/bucket.ts';

/** Long enough for most functions, short enough that a sample has blocks of many files. */
const linesPerBlock = 20;

const [percent = '5', seed = '1'] = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const config = JSON.parse(readFileSync(resolve(root, 'stryker.config.json'), 'utf8'));

function blocksOf(file) {
  const lines = readFileSync(resolve(root, file), 'utf8').split('\n').length;
  const count = Math.ceil(lines / linesPerBlock);
  return Array.from({ length: count }, (_, block) => {
    const from = block * linesPerBlock + 1;
    return `${file}:${from}-${Math.min(lines, from + linesPerBlock - 1)}`;
  });
}

const files = config.mutate.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
const all = files.flatMap(blocksOf);
// By a hash of its name: the same anywhere, and a larger sample holds the smaller one.
const limit = hashLimit((Number(percent) / 100) * bucketCount);
const drawn = all.filter((block) => murmur3(block, Number(seed)) < limit);
console.log(`${drawn.length} of ${all.length} blocks of ${linesPerBlock} lines, seed ${seed}`);

const stryker = resolve(root, 'node_modules/.bin/stryker');
const path = resolve(root, config.jsonReporter.fileName);
rmSync(path, { force: true });
const { status } = spawnSync(stryker, ['run', '--force', '--mutate', drawn.join(',')], {
  cwd: root,
  stdio: 'inherit',
});

if (!existsSync(path)) process.exit(status || 1); // it has said why
const report = JSON.parse(readFileSync(path, 'utf8'));
const counts = {};
for (const { mutants } of Object.values(report.files)) {
  for (const { status: ending } of mutants) counts[ending] = (counts[ending] ?? 0) + 1;
}
const found = (counts.Killed ?? 0) + (counts.Timeout ?? 0);
const of = found + (counts.Survived ?? 0) + (counts.NoCoverage ?? 0);
const asPercent = (share) => (100 * share).toFixed(1);
const { low, high } = wilson(found, of);
console.log(
  `mutants found: ${found} of ${of}, ${asPercent(found / of)} % (95 %: ${asPercent(low)} to ${asPercent(high)})`,
);
process.exitCode = status ?? 1;
