// Runs the mutants of blocks of lines that are drawn from all files that `npm run mutation` mutates: minutes instead of hours,
// and an interval for what the whole would give. Run: npm run mutation:sample -- [percent] [seed]
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Long enough for most functions, short enough that a sample has blocks of many files. */
const linesPerBlock = 20;

const [percent = '5', seed = '1'] = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const config = JSON.parse(readFileSync(resolve(root, 'stryker.config.json'), 'utf8'));

/** Mulberry32: the same seed draws the same blocks anywhere. */
function drawsOf(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function blocksOf(file) {
  const lines = readFileSync(resolve(root, file), 'utf8').split('\n').length;
  const count = Math.ceil(lines / linesPerBlock);
  return Array.from({ length: count }, (_, block) => {
    const from = block * linesPerBlock + 1;
    return `${file}:${from}-${Math.min(lines, from + linesPerBlock - 1)}`;
  });
}

const draw = drawsOf(Number(seed));
const files = config.mutate.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
const all = files.flatMap(blocksOf);
const drawn = all.filter(() => draw() < Number(percent) / 100);
console.log(`${drawn.length} of ${all.length} blocks of ${linesPerBlock} lines, seed ${seed}`);

const stryker = resolve(root, 'node_modules/.bin/stryker');
const path = resolve(root, config.jsonReporter.fileName);
rmSync(path, { force: true });
const { status } = spawnSync(stryker, ['run', '--force', '--mutate', drawn.join(',')], {
  cwd: root,
  stdio: 'inherit',
});

/** Wilson's interval of a share, 95 %. */
function wilson(hits, of) {
  const z = 1.96;
  const middle = (hits + (z * z) / 2) / (of + z * z);
  const half = (z / (of + z * z)) * Math.sqrt((hits * (of - hits)) / of + (z * z) / 4);
  return [middle - half, middle + half];
}

if (!existsSync(path)) process.exit(status || 1); // it has said why
const report = JSON.parse(readFileSync(path, 'utf8'));
const counts = {};
for (const { mutants } of Object.values(report.files)) {
  for (const { status: ending } of mutants) counts[ending] = (counts[ending] ?? 0) + 1;
}
const found = (counts.Killed ?? 0) + (counts.Timeout ?? 0);
const of = found + (counts.Survived ?? 0) + (counts.NoCoverage ?? 0);
const asPercent = (share) => (100 * share).toFixed(1);
const [low, high] = wilson(found, of).map(asPercent);
console.log(
  `mutants found: ${found} of ${of}, ${asPercent(found / of)} % (95 %: ${low} to ${high})`,
);
process.exitCode = status ?? 1;
