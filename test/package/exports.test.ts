import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCost } from '../../bench/import-cost.ts';
import { type StagedPackage, stagePackage } from './staged-package.ts';

/** What importing one entry did to a fresh process. */
interface ImportEffects {
  readonly names: readonly string[];
  /** Packages of others that were loaded. */
  readonly packages: readonly string[];
  readonly listeners: readonly string[];
  readonly resources: readonly string[];
}

// Hooks see every module of the graph, also those that a dependency loads.
const probe = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(found.url) ?? [];
    if (name !== undefined && name !== 'engramia-cutover') packages.add(name);
    return found;
  },
});
// A pipe is this process's own stdout or stderr, which some package has looked at.
const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
const counts = () => process.eventNames().map((name) => String(name) + ':' + process.listenerCount(name));
const before = { listeners: counts(), resources: resources() };
const module = await import(process.argv[2]);
const added = (now, then) => now.filter((entry) => !then.includes(entry));
const effects = JSON.stringify({
  names: Object.keys(module).sort(),
  packages: [...packages].sort(),
  listeners: added(counts(), before.listeners),
  resources: added(resources(), before.resources),
});
process.stdout.write(effects);
`;

let staged: StagedPackage;

async function effectsOf(specifier: string): Promise<ImportEffects> {
  const { stdout } = await staged.run(['probe.mjs', specifier]);
  return JSON.parse(stdout) as ImportEffects;
}

beforeAll(async () => {
  staged = await stagePackage();
  writeFileSync(join(staged.folder, 'probe.mjs'), probe);
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

describe('the entry points', () => {
  it.each([
    [
      'engramia-cutover',
      [
        'CutoverError',
        'EngramiaCallError',
        'EngramiaError',
        'InvalidOptionsError',
        'createCutover',
        'createCutoverHandler',
        'createCutoverStream',
        'createEngramiaClient',
        'isCutoverError',
        'keyPerTenant',
        'oneScope',
        'shadowSafe',
        'stages',
      ],
    ],
    [
      'engramia-cutover/flags',
      [
        'environmentFlags',
        'fileFlags',
        'launchDarklyFlags',
        'memoryFlags',
        'openFeatureFlags',
        'percentageFlags',
        'predicateFlags',
        'unleashFlags',
      ],
    ],
    ['engramia-cutover/express', ['expressCutover']],
    ['engramia-cutover/fastify', ['cutoverRoute', 'fastifyCutover']],
    ['engramia-cutover/fetch', ['fetchCutover']],
    ['engramia-cutover/opentelemetry', ['openTelemetry']],
    [
      'engramia-cutover/agents',
      [
        'AgentDivergedError',
        'agentCandidate',
        'agentTool',
        'engramiaInstructions',
        'learnFromRuns',
      ],
    ],
    [
      'engramia-cutover/openai',
      [
        'AssistantsRunError',
        'assistantsLeg',
        'calibrate',
        'correctedRate',
        'isGone',
        'llmJudge',
        'responsesCandidate',
        'responsesLeg',
        'threadPatterns',
      ],
    ],
    ['engramia-cutover/pairs', ['jsonlPairs', 'memoryPairs', 'readPairs']],
    ['engramia-cutover/report', ['formatReport', 'summarize']],
    ['engramia-cutover/metrics', ['prometheusContentType', 'prometheusText']],
    ['engramia-cutover/transcript', ['HandBackError', 'memoryTranscript']],
    ['engramia-cutover/stores/memory', ['memoryStore']],
    [
      'engramia-cutover/audit',
      [
        'OpenReviews',
        'TenantPseudonyms',
        'chainEntry',
        'chainLine',
        'closeReview',
        'createCheckpointSigner',
        'exportCsv',
        'exportJsonl',
        'generateAuditKeys',
        'importCsv',
        'memorySalts',
        'openReviews',
        'requireReview',
        'verifyTrail',
      ],
    ],
    [
      'engramia-cutover/rollout',
      [
        'RolloutError',
        'attestation',
        'candidateErrors',
        'coverage',
        'createRollout',
        'customGate',
        'defaultPlan',
        'latency',
        'legacyAlive',
        'outboxLag',
        'planProblems',
        'replay',
        'replyLength',
        'rolloutFlags',
        'sampleRatio',
        'servedErrors',
        'toolMismatch',
        'wrongAnswers',
      ],
    ],
    ['engramia-cutover/stores/sqlite', ['sqliteStore']],
    ['engramia-cutover/stores/postgres', ['postgresStore']],
    [
      'engramia-cutover/testing',
      [
        'fakeClock',
        'fakeEngramia',
        'faultServer',
        'faults',
        'referenceJudge',
        'testFlagProvider',
        'testStore',
      ],
    ],
  ])('%s exports what it promises and nothing else', async (entry, names) => {
    expect((await effectsOf(entry)).names).toEqual(names);
  });

  it('are all of those that the package names', () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
    expect(Object.keys(exports)).toEqual([
      '.',
      './flags',
      './express',
      './fastify',
      './fetch',
      './metrics',
      './opentelemetry',
      './agents',
      './openai',
      './transcript',
      './pairs',
      './report',
      './stores/memory',
      './audit',
      './rollout',
      './stores/sqlite',
      './stores/postgres',
      './testing',
      './package.json',
    ]);
  });

  it.each([
    'engramia-cutover',
    'engramia-cutover/flags',
    'engramia-cutover/express',
    'engramia-cutover/fastify',
    'engramia-cutover/fetch',
    'engramia-cutover/stores/memory',
    'engramia-cutover/audit',
    'engramia-cutover/rollout',
  ])('%s loads no package but zod and eventemitter3', async (entry) => {
    const { packages } = await effectsOf(entry);
    expect(packages.filter((name) => name !== 'zod' && name !== 'eventemitter3')).toEqual([]);
  });

  it.each([
    'engramia-cutover',
    'engramia-cutover/flags',
    'engramia-cutover/express',
    'engramia-cutover/fastify',
    'engramia-cutover/fetch',
    'engramia-cutover/metrics',
    'engramia-cutover/opentelemetry',
    'engramia-cutover/pairs',
    'engramia-cutover/report',
    'engramia-cutover/openai',
    'engramia-cutover/transcript',
    'engramia-cutover/stores/memory',
    'engramia-cutover/testing',
    'engramia-cutover/audit',
    'engramia-cutover/rollout',
  ])(
    '%s installs no process listener and starts nothing that keeps the process alive',
    async (entry) => {
      const { listeners, resources } = await effectsOf(entry);
      expect({ listeners, resources }).toEqual({ listeners: [], resources: [] });
    },
  );

  // The SDK listens for signals as soon as it is imported.
  it('engramia-cutover/agents alone loads the OpenAI Agents SDK', async () => {
    const sdk = (packages: readonly string[]) =>
      packages.filter((name) => name.startsWith('@openai/'));
    const { packages } = await effectsOf('engramia-cutover/agents');
    expect(sdk(packages)).toContain('@openai/agents');
    for (const entry of ['engramia-cutover', 'engramia-cutover/testing']) {
      expect(sdk((await effectsOf(entry)).packages)).toEqual([]);
    }
  });

  it('notices what it looks for', async () => {
    const program = `import 'undici'; process.on('SIGTERM', () => {}); setTimeout(() => {}, 300);`;
    writeFileSync(join(staged.folder, 'rude.mjs'), program);
    const { packages, listeners, resources } = await effectsOf('./rude.mjs');
    expect(packages).toContain('undici');
    expect(listeners).toContain('SIGTERM:1');
    expect(resources).toContain('Timeout');
  });

  it('engramia-cutover loads zod for a client of the service, not before', async () => {
    const program = `import { createEngramiaClient } from 'engramia-cutover';
      const client = createEngramiaClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key' });
      await client.learn({ task: '', code: '', evalScore: 5 }).catch(() => {});`;
    writeFileSync(join(staged.folder, 'client.mjs'), program);
    expect((await effectsOf('engramia-cutover')).packages).toEqual(['eventemitter3']);
    expect((await effectsOf('./client.mjs')).packages).toContain('zod');
  });

  it('can be imported for less than zod and eventemitter3 cost', () => {
    const { ratio, packageMs, baselineMs } = importCost({ folder: staged.folder });
    expect(baselineMs).toBeGreaterThan(0);
    expect(ratio, `${packageMs} ms against ${baselineMs} ms`).toBeLessThan(1);
  }, 60_000);
});
