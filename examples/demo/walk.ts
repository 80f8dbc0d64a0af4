import type { Cutover, CutoverHandler } from 'engramia-cutover';
import type { PercentageFlags } from 'engramia-cutover/flags';
import type { MemoryPairs } from 'engramia-cutover/pairs';
import { type CompareReport, summarize } from 'engramia-cutover/report';
import { routeName } from './app.ts';
import { drive, type Targets } from './load.ts';
import type { Models } from './models.ts';
import { type Figures, type Intent, PhaseRecord } from './phase-record.ts';
import { type Change, type Phase, phases } from './phases.ts';
import type { Service } from './service.ts';
import { tenants } from './tenants.ts';
import type { View } from './view.ts';
import { phaseLines } from './wording.ts';

/** Everything that the walk moves or looks at. */
export interface Scene {
  readonly cutover: Cutover;
  readonly flags: PercentageFlags;
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

async function apply({ cutover, flags, models, service }: Scene, change: Change): Promise<void> {
  switch (change.do) {
    case 'set':
      flags.set(change.ramp);
      return;
    case 'serviceDown':
      service.emulator?.down('refuse');
      return;
    case 'serviceUp':
      await service.emulator?.up();
      return;
    case 'kill':
      cutover.kill('the demo shows the way back');
      return;
    case 'revive':
      cutover.revive();
      return;
    case 'complete':
      models.candidateIsMended = true;
      flags.set(change.ramp);
      return;
  }
}

async function intentOf({ probe }: Scene): Promise<Intent> {
  const moved = new Set<string>();
  const learned = new Set<string>();
  const mirrored = new Set<string>();
  for (const { name } of tenants) {
    const { leg, learns, mirrors } = await probe.decide(name);
    if (leg === 'candidate') moved.add(name);
    if (learns) learned.add(name);
    if (mirrors === 'candidate') mirrored.add(name);
  }
  return { moved, learned, mirrored };
}

/** A phase that is over. */
export interface Walked extends Pick<PhaseRecord, 'name' | 'intent' | 'samples'> {
  readonly figures: Figures;
  /** Of what was compared in it; absent: that is no matter of this phase. */
  readonly report?: CompareReport;
}

/** Milliseconds in which all mirrors have ended, at most. */
const comparedWithinMs = 5000;

/** The report of a phase, once everything of it was compared; no earlier phase has compared anything. */
async function reportOf({ cutover, pairs }: Scene, record: PhaseRecord): Promise<CompareReport> {
  await cutover.flush({ timeoutMs: comparedWithinMs });
  const { samples, intent } = record;
  const served = samples.filter((one) => one.leg === 'legacy' && intent.mirrored.has(one.tenant));
  return summarize(pairs, { served: served.length, worst: 3 });
}

async function walkPhase(scene: Scene, phase: Phase): Promise<Walked> {
  const { cutover, service, view, targets, random } = scene;
  await apply(scene, phase.change);
  scene.models.candidateIsFlawed = phase.isFlawed ?? false;
  const record = new PhaseRecord(phase.name, await intentOf(scene), cutover.stats());
  const figures = (): Figures => record.figures(routeName, cutover.stats());
  const lines = (): string[] =>
    phaseLines(figures(), patternsIn(service)).map((line) => `  ${line}`);
  view.say(`${phase.name}: ${phase.note}`);
  const drawing = view.isLive ? setInterval(() => view.show(lines()), drawEveryMs) : undefined;
  await drive(targets, phase, random, (sample) => record.samples.push(sample));
  clearInterval(drawing);
  const report = phase.isFlawed ? { report: await reportOf(scene, record) } : {};
  view.show([]);
  for (const line of lines()) view.say(line);
  const { name, intent, samples } = record;
  return { name, intent, samples, figures: figures(), ...report };
}

const isOnlyForEmulators = ({ change }: Phase): boolean =>
  change.do === 'serviceDown' || change.do === 'serviceUp';

/** Walks through all phases under load. */
export async function walk(scene: Scene): Promise<Walked[]> {
  const records: Walked[] = [];
  for (const phase of phases) {
    if (isOnlyForEmulators(phase) && scene.service.emulator === undefined) continue;
    records.push(await walkPhase(scene, phase));
  }
  return records;
}
