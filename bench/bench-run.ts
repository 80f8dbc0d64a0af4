import { type PathFigures, pathFigures } from './callers-path.ts';
import { collectGarbage } from './collect-garbage.ts';
import { type CompareFigures, compareFigures } from './compare.ts';
import { type DeliveryFigures, deliveryFigures } from './delivery.ts';
import { type ExternalFigures, externalFigures } from './external.ts';
import { type HangingFigures, hangingBench } from './hanging.ts';
import { type HangingDelay, hangingDelay } from './hanging-delay.ts';
import { type HashFigures, hashFigures } from './hash.ts';
import { type ImportCost, importCost } from './import-cost.ts';
import { medianRatio } from './measure.ts';
import { inOwnProcess } from './own-process.ts';
import { type QueueFigures, queueBench } from './queue.ts';
import { type RampFlagFigures, rampFlagFigures } from './ramp-flags.ts';
import type { Figures } from './targets.ts';
import type { TenantFigures } from './tenants.ts';
import { type TrailFigures, trailFigures } from './trail.ts';

/** How long to measure: rounds of each part. */
export interface BenchSize {
  readonly pathRounds: number;
  readonly tenantRounds: number;
  readonly queueRounds: number;
  readonly importRounds: number;
  readonly deliveryRounds: number;
  readonly compareRounds: number;
  /** Entries of the trail that is verified. */
  readonly trailEntries: number;
}

/** All that one run has measured. */
export interface BenchRun {
  readonly path: PathFigures;
  readonly tenants: TenantFigures;
  readonly rampFlags: RampFlagFigures;
  readonly external: ExternalFigures;
  readonly queue: QueueFigures;
  /** A service that hangs, with the client's own timeout. */
  readonly hanging: HangingFigures;
  /** The same with requests that are given up within the run. */
  readonly givingUp: HangingFigures;
  readonly hangingDelay: HangingDelay;
  readonly delivery: DeliveryFigures;
  readonly compare: CompareFigures;
  readonly trail: TrailFigures;
  readonly hash: HashFigures;
  readonly imports: ImportCost;
}

/** Measures everything, one part after the other; `tell` is called with the name of the part that begins. */
export async function runBench(size: BenchSize, tell: (part: string) => void): Promise<BenchRun> {
  const begin = (part: string): void => {
    // What the parts before left behind is not this one's cost.
    collectGarbage();
    tell(part);
  };
  begin('caller’s path');
  const path = await pathFigures(size.pathRounds);
  begin('tenants');
  const tenants = await inOwnProcess<TenantFigures>(
    new URL('./tenants.child.ts', import.meta.url),
    size.tenantRounds,
  );
  begin('flags of a rollout');
  const rampFlags = await rampFlagFigures(size.tenantRounds);
  begin('flag services');
  const external = await externalFigures(size.tenantRounds);
  begin('queue');
  const queue = await queueBench(size.queueRounds);
  begin('hanging service');
  const hanging = await hangingBench();
  const givingUp = await hangingBench({ timeoutMs: 100 });
  const delay = await hangingDelay();
  begin('delivery');
  const delivery = await deliveryFigures(size.deliveryRounds);
  begin('comparison');
  const compare = await compareFigures(size.compareRounds);
  begin('audit trail');
  const trail = await trailFigures(size.trailEntries);
  begin('hash');
  const hash = hashFigures();
  begin('import');
  const imports = importCost({ rounds: size.importRounds });
  const hangs = { hanging, givingUp, hangingDelay: delay };
  return {
    path,
    tenants,
    rampFlags,
    external,
    queue,
    ...hangs,
    delivery,
    compare,
    trail,
    hash,
    imports,
  };
}

function pathTargets({ costs, bytes }: PathFigures) {
  const ours = (name: 'pct50' | 'live' | 'dualwrite'): number =>
    medianRatio(costs[name].path, costs.ideal.path);
  return {
    pct50: ours('pct50'),
    live: ours('live'),
    dualwrite: ours('dualwrite'),
    launchDarklyLive: medianRatio(costs.launchDarklyLive.path, costs.live.path),
    launchDarklyPct50: medianRatio(costs.launchDarklyPct50.path, costs.pct50.path),
    launchDarklyShadow: medianRatio(costs.launchDarklyShadow.path, costs.shadow.path),
    launchDarklyDrained: medianRatio(costs.shadow.drained, costs.launchDarklyShadow.drained),
    tzientist: medianRatio(costs.tzientist.path, costs.mirror.path),
    openFeature: medianRatio(costs.openFeature.path, costs.live.path),
    allocation: (bytes.dualwrite - bytes.direct) / (bytes.idealOffer - bytes.direct),
    allocationLaunchDarkly:
      (bytes.launchDarklyShadow - bytes.direct) / (bytes.shadow - bytes.direct),
  };
}

/** The worse of the two runs against a service that hangs. */
function hangingTargets({ hanging, givingUp, hangingDelay: delay }: BenchRun) {
  const worst = (name: keyof HangingFigures): number => Math.max(hanging[name], givingUp[name]);
  return {
    hangingErrors: worst('userErrors'),
    hangingUncounted: worst('uncounted'),
    hangingSockets: hanging.socketsPerConcurrency,
    hangingSocketsGivingUp: givingUp.socketsPerConcurrency,
    hangingHeap: worst('heapGrowthMiB'),
    hangingHeapPerRequest: worst('heapGrowthKiBPerRequest'),
    hangingDelay: Math.max(delay.hanging, delay.givingUp),
    hangingDelayAdded: delay.addedMs,
  };
}

function compareTargets({ jaccard, rouge, rougeError, loop, addedDelayMs }: CompareFigures) {
  return {
    compareDelay: addedDelayMs,
    compareJaccard: jaccard,
    compareRouge: rouge,
    compareRougeError: rougeError,
    compareLongest: Math.max(...Object.values(loop).map(({ longest }) => longest)),
    compareLoop: loop[8_000]?.total ?? Number.NaN,
  };
}

/** Takes from a run the figures that have a target. */
export function figuresOf(run: BenchRun): Figures {
  const { path, tenants, rampFlags, external, queue, delivery, compare, hash, imports } = run;
  return {
    ...pathTargets(path),
    manyTenants: tenants.manyTenants,
    manyTenantsHeap: tenants.retainedMiB,
    manyOverrides: tenants.manyOverrides,
    othersOverrides: tenants.othersOverrides,
    rolloutOneTenant: rampFlags.oneTenant,
    rolloutThousand: rampFlags.thousandTenants,
    rolloutMillion: rampFlags.millionTenants,
    rolloutOverrides: rampFlags.overrides,
    externalOpenFeature: external.openFeature,
    externalLaunchDarkly: external.launchDarkly,
    externalByUser: external.byUser,
    queueGrowth: queue.growth,
    queueFastq: queue.againstFastq,
    queuePQueue: queue.againstPQueue,
    ...hangingTargets(run),
    batchedDelivery: delivery.batchedAgainstPool,
    singleDelivery: delivery.singleAgainstFetch,
    ...compareTargets(compare),
    pairLog: run.trail.pairLog,
    trailLine: run.trail.line,
    trailGrowth: run.trail.growth,
    trailHeap: run.trail.heapMiB,
    bucketUniformity: Math.max(...Object.values(hash.z)),
    bucketCorrelation: Math.max(...Object.values(hash.r)),
    importCost: imports.ratio,
  };
}
