import { refuse } from '../core/option-checks.ts';
import { dayMs } from '../core/time/spans.ts';
import { RampActions } from './actions/ramp-actions.ts';
import { RollbackActions } from './actions/rollback-actions.ts';
import { TenantActions } from './actions/tenant-actions.ts';
import { TrailActions } from './actions/trail-actions.ts';
import { Leader } from './decisions/leader.ts';
import { Following } from './evidence/following.ts';
import { StorePairs } from './evidence/store-pairs.ts';
import { TrafficMeter } from './evidence/traffic-meter.ts';
import { toFullPlan } from './plan/full-plan.ts';
import { RampCore } from './ramp-core.ts';
import { answering } from './replica/stage-answer.ts';
import type { Rollout } from './rollout.ts';
import { answered } from './rollout-error.ts';
import { type RolloutOptions, rolloutIssues } from './rollout-options.ts';
import { isAcknowledged, type ReportParts, reportOf } from './rollout-report.ts';
import { Sweeper } from './sweeper.ts';
import { within } from './within.ts';

const defaultGatherMs = 1_000;
const defaultKeepMs = { pairs: 30 * dayMs, counts: 400 * dayMs };

/** Evidence on its way to the store. */
function gatherers(core: RampCore) {
  const { store, clock, options, batchId, phaseOf, now, contained } = core;
  const shared = { store, clock, everyMs: options.gatherMs ?? defaultGatherMs, batchId, phaseOf };
  const pairs = new StorePairs({
    ...shared,
    contained: (error) => contained('pairs', error),
  });
  const meter = new TrafficMeter({
    ...shared,
    now,
    contained: (error) => contained('traffic', error),
  });
  return { pairs, meter };
}

function sweeperOf({ store, clock, now, options, plan, contained }: RampCore): Sweeper {
  // Completing counts the calls of so many days.
  const counts = Math.max(defaultKeepMs.counts, plan.completeAfterMs + dayMs);
  const { keepPairsMs = defaultKeepMs.pairs, keepCountsMs = counts } = options;
  return new Sweeper({
    ...{ store, clock, now, keepPairsMs, keepCountsMs },
    contained: (error) => contained('sweep', error),
  });
}

function leaderOf(core: RampCore, actions: RampActions): Leader {
  const sweeper = sweeperOf(core);
  const { store, name: rollout, identity, plan, clock, now, pollMs, leaseMs, journal } = core;
  return new Leader({
    store,
    rollout,
    identity,
    plan,
    clock,
    now,
    lookMs: pollMs,
    leaseMs,
    journal,
    decide: async (state) => {
      // An approval is asked for by whoever looks, also where a person climbs.
      const automatic = plan.automatic || core.stepOf(state).approval;
      const decision = await actions.decided(state, automatic);
      core.told(decision, state);
      return decision;
    },
    nextStep: (state) => actions.nextStep(state),
    isKilled: () => core.rollbacks.pending > 0,
    adopt: (state) => core.replica.adopt(state),
    sweep: () => sweeper.sweep(),
    contained: core.contained,
    shared: () => core.warnings.shared(core.identity),
    stuck: (lease) => core.warnings.stuck(lease),
  });
}

function followingOf(core: RampCore, meter: TrafficMeter, enter: TrailActions['enter']): Following {
  const { pulse, lessons, identity, clock, now, pollMs: retryMs, contained } = core;
  return new Following({
    meter,
    pulse,
    lessons,
    identity,
    clock,
    now,
    retryMs,
    enter,
    contained: (error) => contained('trail', error),
  });
}

function partsOf(core: RampCore) {
  const { pairs, meter } = gatherers(core);
  const ramp = new RampActions(core);
  const trail = new TrailActions(core, () => meter.flush());
  const following = followingOf(core, meter, (...heard) => trail.enter(...heard));
  return {
    core,
    pairs,
    meter,
    ramp,
    trail,
    following,
    tenants: new TenantActions(core),
    back: new RollbackActions(core),
    leader: leaderOf(core, ramp),
  };
}

type Parts = ReturnType<typeof partsOf>;

async function flush({ pairs, meter, following, core }: Parts): Promise<void> {
  await Promise.all([pairs.flush(), meter.flush(), following.enter(), core.rollbacks.drain()]);
}

/** Each part of the end waits for a store that is silent 10 s at most: what it has not done by then it does when it can. */
async function close({ leader, pairs, meter, following, core }: Parts): Promise<void> {
  const inTime = (ending: Promise<unknown>): Promise<unknown> =>
    within(ending).catch((error) => core.contained('close', error));
  await inTime(leader.close());
  const endings = [pairs.close(), meter.close(), following.close(), core.rollbacks.close()];
  await inTime(Promise.all(endings));
  await Promise.all([core.replica.leave(), core.news.told(), core.journal.signed()]);
  core.close();
}

function rolloutOf(parts: Parts): Rollout {
  const { core, pairs, ramp, trail, tenants, back, following } = parts;
  let closing: Promise<void> | undefined;
  const end = (): Promise<void> => {
    closing ??= close(parts);
    return closing;
  };
  const rollout: Rollout = {
    name: core.name,
    ready: core.ready,
    // Without an end: it is the rollout's, and other cutovers go on when one is closed.
    pairs: {
      add: (pair) => pairs.add(pair),
      missed: (misses) => pairs.missed(misses),
      flush: () => pairs.flush(),
    },
    stageOf: (tenant) => core.replica.stageOf(tenant),
    onRamp: (listener) => core.news.onRamp(listener),
    follow: (cutover) => following.follow(cutover),
    status: () => reportOf(parts satisfies ReportParts),
    preview: (step, { allowEmpty = false } = {}) =>
      answered('preview', ramp.preview(step, allowEmpty), { changes: false }),
    advance: (by) => ramp.climb('advance', by),
    approve: (by) => ramp.climb('approve', by),
    set: (by) => ramp.set(by),
    hold: (by) => ramp.hold(by),
    resume: (by) => ramp.resume(by),
    rollback: (by) => back.rollback(by),
    kill: (by) => back.kill(by),
    override: (tenant, stage, by) => tenants.override(tenant, stage, by),
    allow: (names, by) => tenants.allow(names, by),
    deny: (names, by) => tenants.deny(names, by),
    cohort: (name, stage, by) => tenants.cohort(name, stage, by),
    attest: (attestation) => trail.attest(attestation),
    acknowledge: (review, by) => trail.acknowledge(review, by),
    complete: (by) => trail.complete(by),
    isAcknowledged: (version) =>
      answered('isAcknowledged', isAcknowledged(core, version), { changes: false }),
    trail: () => trail.trail(),
    flush: () => flush(parts),
    close: end,
    [Symbol.asyncDispose]: end,
  };
  const { replica } = core;
  answering.set(rollout, (tenant) => replica.answerOf(tenant));
  return rollout;
}

/**
 * Makes this process a replica of a rollout, which is made if the store has none of that name.
 *
 * @example
 * const rollout = createRollout({ store: memoryStore(), plan: { ...defaultPlan, automatic: true } });
 * const cutover = createCutover({ flags: rolloutFlags(rollout), pairs: rollout.pairs });
 * rollout.follow(cutover);
 * @throws InvalidOptionsError naming every issue at once
 */
export function createRollout(options: RolloutOptions): Rollout {
  refuse('createRollout()', rolloutIssues(options));
  const core = new RampCore(options, toFullPlan(options.plan ?? {}));
  const parts = partsOf(core);
  core.start();
  if (options.leads ?? true) parts.leader.start();
  return rolloutOf(parts);
}
