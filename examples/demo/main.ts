import { createCutover, type PairSink, shadowSafe } from 'engramia-cutover';
import { memoryPairs } from 'engramia-cutover/pairs';
import { rolloutFlags } from 'engramia-cutover/rollout';
import { cutoverMiddleware, routeName, startApp } from './app.ts';
import type { Outcome } from './checks.ts';
import { closingTable } from './closing-table.ts';
import { countDecided } from './decided.ts';
import { gatherEvidence } from './evidence.ts';
import { calibratedJudge } from './judge.ts';
import { drive } from './load.ts';
import { Models } from './models.ts';
import { createRamp, type Ramp } from './ramp.ts';
import { createRandom } from './random.ts';
import { type Service, startService } from './service.ts';
import { readTrail } from './trail.ts';
import { createView, type View } from './view.ts';
import { type Scene, walk } from './walk.ts';

/** Milliseconds that the close waits for what is still queued. */
const closeWithinMs = 5000;
/** Milliseconds in which only the bare app is asked, so that the first phase is not that of a cold process. */
const warmUpMs = 600;

const opening = [
  'engramia-cutover: a whole migration in about 30 seconds, from "off" to "complete".',
  'Forty tenants of unequal size ask an Express app over HTTP; every question is also asked of the',
  'same app without the middleware ("bare").',
];

/** Both get every pair: one as evidence of the ramp's gates, the other for the reports. */
const both = (one: PairSink, other: PairSink): PairSink => ({
  add: (pair) => {
    one.add(pair);
    other.add(pair);
  },
  missed: (misses) => {
    one.missed(misses);
    other.missed(misses);
  },
});

/** Makes what the walk moves, with the warnings of the library shown among its lines. */
function createCutoverParts(
  service: Service,
  view: View,
  ramp: Ramp,
): Pick<Scene, 'cutover' | 'probe' | 'pairs' | 'decided'> {
  const pairs = memoryPairs();
  const { rollout } = ramp;
  const cutover = createCutover({
    flags: rolloutFlags(rollout),
    engramia: service.scopes,
    pairs: both(rollout.pairs, pairs),
    logger: { warn: (message) => view.say(`  warning    ${message}`) },
  });
  rollout.follow(cutover);
  cutover.on('delivery', ({ lane, state, forMs }) => {
    const until = forMs === undefined ? '' : ` for ${Math.round(forMs)} ms`;
    view.say(`  delivery   ${lane}: ${state}${until}`);
  });
  const probe = cutover.handler({
    name: 'probe',
    flagKey: `cutover.${routeName}`,
    legacy: (_tenant: string) => undefined,
    // Declared safe as the app's own candidate is, else the probe would not speak for it.
    candidate: shadowSafe(() => undefined),
    identify: (tenant) => ({ tenant, task: 'What would happen?' }),
  });
  return { cutover, probe, pairs, decided: countDecided(cutover, routeName, ramp) };
}

async function run(service: Service, view: View, ramp: Ramp): Promise<Outcome> {
  const models = new Models();
  const judge = await calibratedJudge();
  await ramp.rollout.ready;
  const parts = createCutoverParts(service, view, ramp);
  const { cutover, pairs, decided } = parts;
  const stored = new Map<string, number>();
  const retried = new Map<string, number>();
  cutover.on('learned', ({ tenant, outcome, attempts }) => {
    const counts = outcome === 'stored' ? stored : attempts > 1 ? retried : undefined;
    counts?.set(tenant, (counts.get(tenant) ?? 0) + 1);
  });
  const ours = await startApp(models, [cutoverMiddleware(cutover, models, judge)]);
  const bare = await startApp(models);
  try {
    const targets = { ours: ours.url, bare: bare.url };
    const random = createRandom(1);
    const before = await service.countPatterns();
    await drive({ ours: bare.url, bare: bare.url }, { ms: warmUpMs }, random, () => undefined);
    const walked = await walk({ ...parts, ramp, models, service, targets, random, view });
    await cutover.close({ timeoutMs: closeWithinMs });
    const evidence = service.emulator && gatherEvidence(service.emulator);
    const patternCounts = [...before, ...(await service.countPatterns())];
    const told = { stored, retried, decided, pairs: pairs.pairs(), models, patternCounts };
    const trail = await readTrail(ramp);
    return { walked, stats: cutover.stats(), ...told, evidence, ramp, trail };
  } finally {
    // Not `await using`: Node 22 has no such syntax yet.
    await Promise.all([ours[Symbol.asyncDispose](), bare[Symbol.asyncDispose]()]);
  }
}

async function main(view: View): Promise<void> {
  const service = await startService();
  const ramp = createRamp((line) => view.say(line));
  try {
    for (const line of [...opening, ...service.terms, '']) view.say(line);
    const { lines, balanced } = closingTable(await run(service, view, ramp));
    for (const line of lines) view.say(line);
    if (!balanced) process.exitCode = 1;
  } finally {
    await ramp.close();
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
