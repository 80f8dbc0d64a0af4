// Packs the library, installs the tarball in fresh projects and uses it there as its users do: as an ES module and by
// require(), with and without the optional peers, from TypeScript, on every Node version given.
// usage: node scripts/pack-smoke.mjs [22.19.0 24.21.0 26.10.0]   (default: the running Node)
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { uses } from './pack-uses.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'));
const withoutPeers = ['.', './flags'];
const versions = process.argv.slice(2);
const pinned = (name) => `${name}@${manifest.devDependencies[name]}`;
const peers = Object.keys(manifest.peerDependencies).map(pinned);
const types = ['@types/node', '@types/express'].map(pinned);

/** What is installed besides the package, and what is then used. */
const projects = [
  { name: 'esm', type: 'module', installs: [...peers, ...types], entries },
  { name: 'commonjs', type: 'commonjs', installs: peers, entries },
  { name: 'no-peers', type: 'module', installs: [pinned('@types/node')], entries: withoutPeers },
];

const execute = promisify(execFile);

async function run(command, args, cwd = process.cwd()) {
  try {
    await execute(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
  }
}

async function packInto(folder) {
  if (!existsSync('dist/index.d.ts')) await run('npm', ['run', 'build']);
  await run('npm', ['pack', '--silent', '--pack-destination', folder]);
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
}

/** A program that uses the entries of a project and fails on another Node than the one it is told. */
function programOf({ type, entries: used }) {
  const missing = used.filter((entry) => uses[entry] === undefined);
  if (missing.length > 0)
    throw new Error(`scripts/pack-uses.mjs does not use ${missing.join(', ')}`);
  const esm = type === 'module';
  return `${esm ? "import assert from 'node:assert/strict';" : "const assert = require('node:assert/strict');"}
const load = (name) => ${esm ? 'import(name)' : 'require(name)'};
const uses = { ${used.map((entry) => `'${entry}': ${uses[entry]}`).join(',\n')} };
async function main() {
  if (process.argv[2] !== undefined) assert.equal(process.versions.node, process.argv[2]);
  for (const [entry, use] of Object.entries(uses)) {
    assert.ok(Object.keys(await load('${manifest.name}' + entry.slice(1))).length > 0, entry + ' exports nothing');
    await use(load, assert);
  }
}
main();
`;
}

async function install(project, folder, tarball) {
  mkdirSync(folder);
  const text = JSON.stringify({ private: true, type: project.type });
  writeFileSync(join(folder, 'package.json'), text);
  writeFileSync(join(folder, 'use.js'), programOf(project));
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--omit=peer', tarball, ...project.installs],
    folder,
  );
}

/** Nothing may come along that a project without the peers does not have. */
function checkPeers(project, folder) {
  const present = Object.keys(manifest.peerDependencies).filter((name) =>
    existsSync(join(folder, 'node_modules', name)),
  );
  const wanted = Object.keys(manifest.peerDependencies).filter((name) =>
    project.installs.includes(pinned(name)),
  );
  if (present.join() !== wanted.join()) throw new Error(`${project.name} has the peers ${present}`);
}

/** Compiles a program that imports every entry, declarations of dependencies included. */
async function compile(project, folder) {
  const imports = project.entries.map(
    (entry, index) => `import * as entry${index} from '${manifest.name}${entry.slice(1)}';`,
  );
  const names = project.entries.map((_entry, index) => `entry${index}`);
  const program = [...imports, `export const all: object[] = [${names.join(', ')}];`].join('\n');
  const extension = project.type === 'module' ? 'mts' : 'cts';
  writeFileSync(join(folder, `use.${extension}`), program);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  };
  const config = { compilerOptions, files: [`use.${extension}`] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await run(process.execPath, [resolve('node_modules/typescript/lib/tsc.js'), '-p', folder]);
}

const node = (version) => [
  '-y',
  '-p',
  `node-${process.platform}-${process.arch}@${version}`,
  '--',
  'node',
];

function useOn(version, folder) {
  if (version === undefined) return run(process.execPath, ['use.js'], folder);
  return run('npx', [...node(version), 'use.js', version], folder);
}

async function check(project, folder, tarball) {
  await install(project, folder, tarball);
  checkPeers(project, folder);
  if (project.installs.includes(pinned('@types/node'))) await compile(project, folder);
  for (const version of versions.length > 0 ? versions : [undefined]) {
    await useOn(version, folder);
    const used = project.entries.join(' ');
    console.log(`${project.name}: ${used} work on Node ${version ?? process.versions.node}`);
  }
}

const root = mkdtempSync(join(tmpdir(), 'pack-smoke-'));
try {
  const tarball = await packInto(root);
  // Fetched one after the other, before the projects ask for them at the same time: npx takes no turns at its cache.
  for (const version of versions) await run('npx', [...node(version), '--version']);
  const checks = projects.map((project) => check(project, join(root, project.name), tarball));
  const failed = (await Promise.allSettled(checks)).filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason));
} finally {
  rmSync(root, { recursive: true, force: true });
}
