import type { RampActions } from './actions/ramp-actions.ts';
import type { Leader } from './decisions/leader.ts';
import type { StorePairs } from './evidence/store-pairs.ts';
import type { TrafficMeter } from './evidence/traffic-meter.ts';
import type { RampCore } from './ramp-core.ts';
import type { RolloutReport } from './rollout.ts';
import { answered, RolloutError } from './rollout-error.ts';
import { nextStep } from './state/ramp-state.ts';

/** What a report is put together from. */
export interface ReportParts {
  readonly core: RampCore;
  readonly leader: Leader;
  readonly ramp: RampActions;
  readonly pairs: StorePairs;
  readonly meter: TrafficMeter;
}

/** Says where a rollout stands, from the store. */
export function reportOf(parts: ReportParts): Promise<RolloutReport> {
  return answered('status', read(parts), { changes: false });
}

async function read(parts: ReportParts): Promise<RolloutReport> {
  const { core, leader, ramp, pairs, meter } = parts;
  const { store, name, plan, replica, book } = core;
  await core.ready;
  const { state } = await store.rollout(name);
  if (state === undefined) throw new RolloutError('status()', 'refused', ['there is no state yet']);
  const decision = await ramp.decided(state, plan.automatic);
  const { now, replicas } = await store.replicas(name);
  const isEntered = core.rollbacks.pending === 0;
  return {
    state,
    step: core.stepOf(state),
    next: plan.steps[nextStep(plan, state)],
    decision,
    heldMs: Math.max(0, core.now() - state.since),
    legacyAlive: core.legacyAlive,
    leads: leader.leads,
    killed: replica.killed,
    lostContact: replica.lostContact,
    replicas,
    acknowledged:
      isEntered && replicas.every(({ version, until }) => version >= state.version || until <= now),
    ...(await book.read()).summary,
    lost: { pairs: pairs.lost, calls: meter.lost },
  };
}

/** Whether every replica obeys a version, or may obey nothing any more; the present one where none is asked for. */
export async function isAcknowledged(core: RampCore, asked: number | undefined): Promise<boolean> {
  const { store, name, rollbacks } = core;
  // Nobody else has heard of a way back that is not entered.
  if (asked === undefined && rollbacks.pending > 0) return false;
  const version = asked ?? (await store.rollout(name)).version;
  const { now, replicas } = await store.replicas(name);
  return replicas.every((replica) => replica.version >= version || replica.until <= now);
}
