import type { RolloutState, RolloutStatus } from '../../core/contracts/rollout-state.ts';
import type { FullPlan } from '../plan/full-plan.ts';
import { factsOf } from '../state/facts-of.ts';
import { planOf } from '../state/first-change.ts';
import type { Change } from '../state/journal.ts';
import { atStep, begins, draftOf, nextStep, placeBy, type RampDraft } from '../state/ramp-state.ts';
import { freezing, latching, type Why } from './automatic-back.ts';
import type { RampDecision } from './decision.ts';

/** Where and when a machine decides. */
export interface Deciding {
  readonly rollout: string;
  readonly plan: FullPlan;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whom the next step moves, where it is taken. */
  readonly moving?: object;
}

type Make = (before: RolloutState, deciding: Deciding, why: Why) => Change | undefined;

function change(
  kind: Parameters<typeof factsOf>[1]['kind'],
  before: RolloutState,
  after: RampDraft,
  { rollout, at }: Deciding,
  { reason, evidence }: Why,
): Change {
  const told = { kind, actor: 'system', reason, evidence };
  return { draft: after, actor: 'system', facts: factsOf({ rollout, at, before, after }, told) };
}

const advance: Make = (before, deciding, why) => {
  const { plan, at } = deciding;
  const to = nextStep(plan, before);
  const next = plan.steps[to];
  // The last step is a person's: whoever ends a migration puts their name to it.
  if (next === undefined || next.to === 'complete') return undefined;
  return change('ramp.step', before, atStep(before, plan, to, at), deciding, why);
};

const pause: Make = (before, deciding, why) =>
  change(
    'ramp.paused',
    before,
    { ...draftOf(before), status: 'held', why: why.reason },
    deciding,
    why,
  );

const ask: Make = (before, deciding, why) => {
  const after: RampDraft = { ...draftOf(before), status: 'awaiting-approval', why: why.reason };
  return change('ramp.awaiting-approval', before, after, deciding, why);
};

const withdraw: Make = (before, deciding, why) =>
  change(
    'ramp.approval-withdrawn',
    before,
    { ...draftOf(before), status: 'ramping' },
    deciding,
    why,
  );

const rollBack: Make = (before, { rollout, at }, why) => latching(rollout, before, at, why);
const freeze: Make = (before, { rollout, at }, why) => freezing(rollout, before, at, why);

/** What a machine may do to a ramp, by where it stands. What is not here is not done. */
const table: Readonly<
  Record<RolloutStatus, Readonly<Partial<Record<RampDecision['does'], Make>>>>
> = {
  ramping: { advance, 'await-approval': ask, pause, 'roll-back': rollBack, freeze },
  held: { 'roll-back': rollBack, freeze },
  'awaiting-approval': { stay: withdraw, pause, 'roll-back': rollBack, freeze },
  'rolled-back': {},
  latched: {},
  frozen: { 'roll-back': rollBack },
  complete: {},
};

/** What becomes of a ramp by a decision; undefined: nothing. */
export function automaticChange(
  before: RolloutState,
  { does, why: reason, readings }: RampDecision,
  deciding: Deciding,
): Change | undefined {
  const { moving } = deciding;
  const evidence = { readings, ...(moving && { moving }) };
  return table[before.status][does]?.(before, deciding, { reason, evidence });
}

/** A plan that was changed: nobody moves, and its evidence begins anew. */
export function planTakenUp(before: RolloutState, deciding: Deciding): Change {
  const { plan, at } = deciding;
  const why = before.why === undefined ? {} : { why: before.why };
  const after = { ...draftOf(before), ...why, ...placeBy(plan, before), since: begins(before, at) };
  const reason = 'the plan of the app has changed';
  return change('plan.changed', before, after, deciding, { reason, evidence: planOf(plan) });
}
