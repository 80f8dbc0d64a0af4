import { posix } from 'node:path';
import { type ImportFact, sourceFacts } from './source-facts.ts';

/** What a room may import besides itself. `adapters` is `router/adapters`, `root` the files in `src` but for `index.ts`. */
const rooms: Readonly<Record<string, readonly string[] | 'anything'>> = {
  core: [],
  flags: ['core'],
  engramia: ['core'],
  shadow: ['core'],
  compare: ['core'],
  audit: ['core'],
  router: ['core'],
  adapters: ['core', 'router', 'root'],
  root: ['core', 'flags', 'engramia', 'shadow', 'compare', 'transcript', 'router'],
  index: ['core', 'flags', 'engramia', 'shadow', 'router', 'root'],
  pairs: ['core'],
  telemetry: ['core'],
  agents: ['core', 'engramia'],
  openai: ['core', 'engramia', 'compare'],
  transcript: ['core'],
  store: ['core'],
  rollout: ['core', 'compare', 'audit'],
  testing: 'anything',
};

/**
 * What a part of a room may import of the room's other parts; files of the room itself may import all of them, and are for all.
 * A part without a row is for all, too.
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  'agents/recall': [],
  'agents/tools': [],
  'compare/judging': [],
  'compare/sequential': [],
  'compare/summary': ['judging', 'sequential'],
  'core/call': ['text'],
  'core/redact': ['text'],
  'core/text': [],
  'core/time': [],
  'engramia/calls': ['schemas'],
  'engramia/learning': ['calls'],
  'engramia/schemas': [],
  'flags/file': ['source'],
  'flags/source': [],
  'openai/assistants': [],
  'openai/judge': [],
  'openai/responses': [],
  'openai/threads': [],
  'rollout/evidence': [],
  'rollout/gates': ['evidence'],
  'rollout/plan': ['gates'],
  'rollout/state': ['gates', 'plan'],
  'rollout/replica': ['evidence', 'state'],
  'rollout/decisions': ['evidence', 'gates', 'plan', 'replica', 'state'],
  'rollout/actions': ['decisions', 'gates', 'plan', 'state'],
  'shadow/turns': [],
  'shadow/lane': ['turns'],
  'shadow/budget': ['lane'],
  'shadow/delivery': [],
  'shadow/learn': ['delivery', 'lane'],
  'shadow/mirror': ['budget', 'lane'],
  'store/memory': [],
  'store/postgres': [],
  'store/sqlite': [],
};

/** How a package of others may be imported, and where; a package without a row may not be. */
const packages: Readonly<Record<string, { where: RegExp; how: 'any' | 'lazy' | 'type' }>> = {
  undici: { where: /^engramia\/transport\.ts$/, how: 'lazy' },
  zod: { where: /-schema\.ts$/, how: 'any' },
  eventemitter3: { where: /^core\/events\/event-hub\.ts$/, how: 'any' },
  msw: { where: /^testing\//, how: 'any' },
  '@opentelemetry/api': { where: /^telemetry\//, how: 'any' },
  '@openai/agents': { where: /^agents\//, how: 'any' },
  openai: { where: /^openai\//, how: 'type' },
  express: { where: /^(router\/adapters|testing)\//, how: 'type' },
  fastify: { where: /^router\/adapters\/fastify/, how: 'type' },
};

/** Globals that only the named files may touch. */
const globals: readonly { use: RegExp; where: RegExp }[] = [
  { use: /^console$/, where: /^cli\// },
  { use: /^process\.(exit|exitCode|abort|kill)$/, where: /^cli\/bin\.ts$/ },
  { use: /^process\.(on|once|addListener|prependListener|prependOnceListener)$/, where: /^cli\// },
];

/** The room that a path below `src` belongs to. */
function roomOf(path: string): string {
  if (path.startsWith('router/adapters/')) return 'adapters';
  if (path.includes('/')) return path.slice(0, path.indexOf('/'));
  return path === 'index.ts' ? 'index' : 'root';
}

/** The part of its room that a path below `src` belongs to, as `room/part`; undefined: to the room itself. */
function partOf(path: string): string | undefined {
  const [room, part, file] = path.split('/');
  return file === undefined ? undefined : `${room}/${part}`;
}

function partProblem(path: string, target: string, specifier: string): string | undefined {
  const from = partOf(path);
  const to = partOf(target);
  const allowed = from === undefined ? undefined : parts[from];
  if (allowed === undefined || to === undefined || from === to) return undefined;
  if (allowed.includes(to.slice(to.indexOf('/') + 1))) return undefined;
  return `${path}: ${from} must not import ${to} ("${specifier}")`;
}

function roomProblem(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const from = roomOf(path);
  const to = roomOf(target);
  if (!specifier.endsWith('.ts')) return `${path}: "${specifier}" lacks its .ts extension`;
  if (target.startsWith('..')) return `${path}: imports "${specifier}" from outside src`;
  const allowed = rooms[from];
  if (allowed === undefined) return `${path}: the room "${from}" has no rule`;
  if (from === to) return partProblem(path, target, specifier);
  if (allowed === 'anything' || allowed.includes(to)) return undefined;
  return `${path}: ${from} must not import ${to} ("${specifier}")`;
}

function packageProblem(path: string, fact: ImportFact): string | undefined {
  const name = fact.specifier
    .split('/')
    .slice(0, fact.specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const rule = packages[name];
  if (rule === undefined) return `${path}: the package "${name}" has no rule`;
  if (!rule.where.test(path)) return `${path}: must not import ${name}`;
  if (fact.typeOnly || rule.how === 'any' || (rule.how === 'lazy' && fact.lazy)) return undefined;
  return `${path}: ${name} may be imported ${rule.how === 'lazy' ? 'lazily' : 'as types'} only`;
}

function importProblem(path: string, fact: ImportFact): string | undefined {
  if (fact.specifier.startsWith('node:')) return undefined;
  return fact.specifier.startsWith('.')
    ? roomProblem(path, fact.specifier)
    : packageProblem(path, fact);
}

/** Every breach of the rules in sources given by their paths below `src`. */
export function importViolations(sources: ReadonlyMap<string, string>): string[] {
  const problems: (string | undefined)[] = [];
  for (const [path, text] of sources) {
    const facts = sourceFacts(path, text);
    problems.push(...facts.imports.map((fact) => importProblem(path, fact)));
    const broken = globals.filter((rule) => !rule.where.test(path));
    for (const use of facts.globals) {
      if (broken.some((rule) => rule.use.test(use))) problems.push(`${path}: must not use ${use}`);
    }
  }
  return problems.filter((problem) => problem !== undefined);
}
