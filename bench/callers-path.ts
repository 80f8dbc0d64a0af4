import { allocationOf } from './allocation.ts';
import * as cutover from './cases/cutover.ts';
import { direct } from './cases/direct.ts';
import { idealOffer, idealRouter } from './cases/ideal.ts';
import { launchDarklyReads } from './cases/launchdarkly.ts';
import { idsOf, message } from './cases/legs.ts';
import { openFeatureRouter } from './cases/openfeature.ts';
import { tzientistExperiment } from './cases/tzientist.ts';
import { type Costs, measureCases } from './measure.ts';

/** What a call costs on the caller's path, by case. */
export interface PathFigures {
  /** CPU by round. */
  readonly costs: Readonly<Record<CaseName, Costs>>;
  /** Bytes allocated a call. */
  readonly bytes: Readonly<Record<CaseName, number>>;
}

async function allCases() {
  const reads = await launchDarklyReads();
  const cases = {
    direct: direct(),
    ideal: idealRouter(),
    idealOffer: idealOffer(),
    off: cutover.off(),
    pct50: cutover.pct50(),
    live: cutover.live(),
    dualwrite: cutover.dualwrite(),
    dualwriteInstant: cutover.dualwriteInstant(),
    mirror: cutover.mirror(),
    shadow: cutover.shadow(),
    launchDarklyLive: reads.live,
    launchDarklyPct50: reads.pct50,
    launchDarklyShadow: reads.shadow,
    launchDarklyRampdown: reads.rampdown,
    tzientist: tzientistExperiment(),
    openFeature: await openFeatureRouter(),
  };
  return { cases, [Symbol.dispose]: () => reads[Symbol.dispose]() };
}

export type CaseName = keyof Awaited<ReturnType<typeof allCases>>['cases'];

/** Measures ours, the ideal and the peers in front of the same legs. */
export async function pathFigures(rounds: number): Promise<PathFigures> {
  using all = await allCases();
  const options = { users: idsOf(1_000), message, rounds };
  const costs = await measureCases(all.cases, options);
  const bytes = await allocationOf(all.cases, options);
  return { costs, bytes };
}
