import type { Cutover, CutoverHandler, PairRecord } from 'engramia-cutover';
import type { MemoryPairs } from 'engramia-cutover/pairs';
import { type CompareReport, summarize } from 'engramia-cutover/report';
import { apply, isThere } from './actions.ts';
import { routeName } from './app.ts';
import type { Decided } from './decided.ts';
import { drive, type Targets } from './load.ts';
import type { Models } from './models.ts';
import { type Figures, PhaseRecord } from './phase-record.ts';
import { type Phase, phases } from './phases.ts';
import type { Ramp } from './ramp.ts';
import type { Service } from './service.ts';
import { tenants } from './tenants.ts';
import type { View } from './view.ts';
import { phaseLines } from './wording.ts';

/** Everything that the walk moves or looks at. */
export interface Scene {
  readonly cutover: Cutover;
  readonly ramp: Ramp;
  readonly decided: Decided;
  /** Asked what would happen to a tenant's call; never called. */
  readonly probe: CutoverHandler<[tenant: string], unknown>;
  /** What was compared so far. */
  readonly pairs: MemoryPairs;
  readonly models: Models;
  readonly service: Service;
  readonly targets: Targets;
  readonly random: () => number;
  readonly view: View;
}

/** Milliseconds between two drawings of the block. */
const drawEveryMs = 250;

/** Patterns in the memories of all tenants. */
function patternsIn({ emulator }: Service): number | undefined {
  return emulator && tenants.reduce((sum, { name }) => sum + emulator.patterns(name).length, 0);
}

/** The tenants that the candidate would serve now. */
async function movedBy({ probe }: Scene): Promise<ReadonlySet<string>> {
  const moved = new Set<string>();
  for (const { name } of tenants) {
    const { leg } = await probe.decide(name);
    if (leg === 'candidate') moved.add(name);
  }
  return moved;
}

/** A phase that is over. */
export interface Walked extends Pick<PhaseRecord, 'name' | 'samples'> {
  readonly figures: Figures;
  /** Of what was compared in it; absent: that is no matter of this phase. */
  readonly report?: CompareReport;
  /** What was compared while the candidate was bad. */
  readonly pairs: readonly PairRecord[];
}

/** Milliseconds in which all mirrors have ended, at most. */
const comparedWithinMs = 3000;
/** Milliseconds in which a ramp is where it is waited for, even on a machine with much else to do. */
const thereWithinMs = 45_000;

/** Mirrored runs that wait before users do, too. */
const mostBehind = 12;

/** Lets users ask until the phase has what it waits for. */
async function live(scene: Scene, phase: Phase, record: PhaseRecord): Promise<void> {
  const { cutover, targets, random, ramp } = scene;
  const { until } = phase;
  const latest = performance.now() + thereWithinMs;
  const isOver = (): boolean => until === undefined || isThere(scene, until);
  await drive(targets, phase, random, (sample) => record.samples.push(sample), {
    hasCome: () => isOver() || performance.now() > latest,
    isBehind: () => cutover.stats().mirror.pending > mostBehind,
  });
  if (isOver()) return;
  const why = ramp.decision()?.why ?? 'nothing was decided';
  throw new Error(`in "${phase.name}" the ramp did not get to ${until}, since ${why}`);
}

async function walkPhase(scene: Scene, phase: Phase): Promise<Walked> {
  const { cutover, models, pairs, decided, service, view } = scene;
  const { name, isReported = false, climbs = false } = phase;
  const compared = (): Promise<unknown> => cutover.flush({ timeoutMs: comparedWithinMs });
  if (isReported) await compared();
  const before = { pairs: pairs.pairs().length, mirrored: decided.mirrored };
  models.candidate = phase.candidate ?? models.candidate;
  view.say(`${name}: ${phase.note}`);
  await apply(scene, phase.change);
  const record = new PhaseRecord(name, await movedBy(scene), cutover.stats());
  const figures = (): Figures => record.figures(routeName, cutover.stats());
  const lines = (): string[] =>
    phaseLines(figures(), patternsIn(service)).map((line) => `  ${line}`);
  const drawing = view.isLive ? setInterval(() => view.show(lines()), drawEveryMs) : undefined;
  try {
    await live(scene, phase, record);
  } finally {
    clearInterval(drawing);
  }
  if (climbs) record.moved = await movedBy(scene);
  // Also where nobody reports on it: what a bad candidate answers in the shadow is none of the others'.
  const isBad = models.candidate === 'flawed' || models.candidate === 'regressed';
  if (isBad) await compared();
  const its = isBad ? pairs.pairs().slice(before.pairs) : [];
  view.show([]);
  for (const line of lines()) view.say(line);
  const served = decided.mirrored - before.mirrored;
  const report = isReported ? { report: summarize(its, { served, worst: 3 }) } : {};
  return { name, samples: record.samples, figures: figures(), pairs: its, ...report };
}

const isOnlyForEmulators = ({ change }: Phase): boolean =>
  ['serviceDown', 'serviceUp', 'complete'].includes(change.do);

/** Walks through all phases under load. */
export async function walk(scene: Scene): Promise<Walked[]> {
  const records: Walked[] = [];
  for (const phase of phases) {
    if (isOnlyForEmulators(phase) && scene.service.emulator === undefined) continue;
    records.push(await walkPhase(scene, phase));
  }
  return records;
}
