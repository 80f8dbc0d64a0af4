import { createCutover, shadowSafe } from 'engramia-cutover';
import { percentageFlags } from 'engramia-cutover/flags';
import { memoryPairs } from 'engramia-cutover/pairs';
import { cutoverMiddleware, routeName, startApp } from './app.ts';
import type { Outcome } from './checks.ts';
import { closingTable } from './closing-table.ts';
import { gatherEvidence } from './evidence.ts';
import { drive } from './load.ts';
import { Models } from './models.ts';
import { createRandom } from './random.ts';
import { type Service, startService } from './service.ts';
import { createView, type View } from './view.ts';
import { type Scene, walk } from './walk.ts';

/** Milliseconds that the close waits for what is still queued. */
const closeWithinMs = 5000;
/** Milliseconds in which only the bare app is asked, so that the first phase is not that of a cold process. */
const warmUpMs = 600;

const opening = [
  'engramia-cutover: a whole migration in about 20 seconds, from "off" to "complete".',
  'Forty tenants of unequal size ask an Express app over HTTP; every question is also asked of the',
  'same app without the middleware ("bare").',
];

/** Makes what the walk moves, with the warnings of the library shown among its lines. */
function createCutoverParts(
  service: Service,
  view: View,
): Pick<Scene, 'cutover' | 'flags' | 'probe' | 'pairs'> {
  const pairs = memoryPairs();
  const flags = percentageFlags({ from: 'off', to: 'off', percent: 0 });
  const cutover = createCutover({
    flags,
    engramia: service.scopes,
    pairs,
    logger: { warn: (message) => view.say(`  warning    ${message}`) },
  });
  const probe = cutover.handler({
    name: 'probe',
    flagKey: `cutover.${routeName}`,
    legacy: (_tenant: string) => undefined,
    // Declared safe as the app's own candidate is, else the probe would not speak for it.
    candidate: shadowSafe(() => undefined),
    identify: (tenant) => ({ tenant, task: 'What would happen?' }),
  });
  return { cutover, flags, probe, pairs };
}

async function run(service: Service, view: View): Promise<Outcome> {
  const models = new Models();
  const parts = createCutoverParts(service, view);
  const { cutover, pairs } = parts;
  const stored = new Map<string, number>();
  const retried = new Map<string, number>();
  cutover.on('learned', ({ tenant, outcome, attempts }) => {
    const counts = outcome === 'stored' ? stored : attempts > 1 ? retried : undefined;
    counts?.set(tenant, (counts.get(tenant) ?? 0) + 1);
  });
  cutover.on('delivery', ({ lane, state, forMs }) => {
    const until = forMs === undefined ? '' : ` for ${Math.round(forMs)} ms`;
    view.say(`  delivery   ${lane}: ${state}${until}`);
  });
  const ours = await startApp(models, [cutoverMiddleware(cutover, models)]);
  const bare = await startApp(models);
  try {
    const targets = { ours: ours.url, bare: bare.url };
    const random = createRandom(1);
    const before = await service.countPatterns();
    await drive({ ours: bare.url, bare: bare.url }, { ms: warmUpMs }, random, () => undefined);
    const walked = await walk({ ...parts, models, service, targets, random, view });
    await cutover.close({ timeoutMs: closeWithinMs });
    const evidence = service.emulator && gatherEvidence(service.emulator);
    const patternCounts = [...before, ...(await service.countPatterns())];
    const told = { stored, retried, pairs: pairs.pairs(), planted: models.planted };
    return { walked, stats: cutover.stats(), ...told, evidence, patternCounts };
  } finally {
    // Not `await using`: Node 22 has no such syntax yet.
    await Promise.all([ours[Symbol.asyncDispose](), bare[Symbol.asyncDispose]()]);
  }
}

async function main(view: View): Promise<void> {
  const service = await startService();
  try {
    for (const line of [...opening, ...service.terms, '']) view.say(line);
    const { lines, balanced } = closingTable(await run(service, view));
    for (const line of lines) view.say(line);
    if (!balanced) process.exitCode = 1;
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

const view = createView(process.stdout);
try {
  await main(view);
} catch (error) {
  view.say(`The demo could not run: ${error instanceof Error ? error.message : 'no reason given'}`);
  process.exitCode = 1;
}
