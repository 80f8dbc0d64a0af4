import type { RolloutStatus } from '../../core/contracts/rollout-state.ts';
import { dayMs } from '../../core/time/spans.ts';
import type { GateOutcome, GateReading } from '../gates/gate.ts';
import { aboutTime } from '../gates/wording.ts';
import type { RampDecision, Standing } from './decision.ts';

/** Defaults of a plan's step. */
const defaults = { holdMs: dayMs, minPairs: 100 } as const;

/** What the rows of the table ask. */
interface Facts {
  readonly standing: Standing;
  readonly status: RolloutStatus;
  /** The first guardrail that fails. */
  readonly guardrail: GateReading | undefined;
  readonly signal: GateReading | undefined;
  readonly invalid: GateReading | undefined;
  readonly undecided: GateReading | undefined;
  readonly isAlive: boolean;
  /** Milliseconds that the step is still held. */
  readonly holdLeftMs: number;
  /** The same of a daily cycle, where the next step moves half of the tenants or more. */
  readonly cycleLeftMs: number;
  readonly pairsLeft: number;
}

interface Row {
  readonly when: (facts: Facts) => boolean;
  readonly does: RampDecision['does'];
  readonly why: (facts: Facts) => string;
}

const settled: readonly RolloutStatus[] = ['rolled-back', 'latched', 'complete'];
const still: readonly RolloutStatus[] = ['held', 'frozen'];

const said = (reading: GateReading | undefined): string => `${reading?.gate} says ${reading?.says}`;

/** What is done about a ramp: the first row that holds. */
const rows: readonly Row[] = [
  {
    when: ({ status }) => settled.includes(status),
    does: 'stay',
    why: ({ status }) => `the ramp is ${status}: a person goes on`,
  },
  {
    when: ({ guardrail, isAlive }) => guardrail !== undefined && isAlive,
    does: 'roll-back',
    why: ({ guardrail }) => said(guardrail),
  },
  {
    when: ({ status, isAlive }) => status !== 'frozen' && !isAlive,
    does: 'freeze',
    why: ({ guardrail }) =>
      guardrail === undefined
        ? 'legacy is gone: there is nothing to roll back to'
        : `legacy is gone, so that nothing is rolled back, although ${said(guardrail)}`,
  },
  {
    when: ({ status }) => still.includes(status),
    does: 'stay',
    why: ({ status }) => `the ramp is ${status}: a person goes on`,
  },
  { when: ({ signal }) => signal !== undefined, does: 'pause', why: ({ signal }) => said(signal) },
  {
    when: ({ invalid }) => invalid !== undefined,
    does: 'stay',
    why: ({ invalid }) => said(invalid),
  },
  {
    when: ({ undecided }) => undecided !== undefined,
    does: 'stay',
    why: ({ undecided }) => said(undecided),
  },
  {
    when: ({ standing }) => standing.byOtherPlan === true,
    does: 'stay',
    why: () =>
      'the ramp stands by another plan: the leader takes this one up, and its step begins anew',
  },
  {
    when: ({ standing }) => standing.next === undefined,
    does: 'stay',
    why: () => 'the step is the last',
  },
  {
    when: ({ holdLeftMs }) => holdLeftMs > 0,
    does: 'stay',
    why: ({ holdLeftMs }) => `the step is held for another ${aboutTime(holdLeftMs)}`,
  },
  {
    when: ({ cycleLeftMs }) => cycleLeftMs > 0,
    does: 'stay',
    why: ({ cycleLeftMs }) =>
      `a whole day has to be seen before half of the tenants move, another ${aboutTime(cycleLeftMs)}`,
  },
  {
    when: ({ pairsLeft }) => pairsLeft > 0,
    does: 'stay',
    why: ({ pairsLeft }) => `the step needs ${pairsLeft} more pairs`,
  },
  {
    when: ({ standing }) => standing.step.approval === true && !standing.approved,
    does: 'await-approval',
    why: () => 'every gate passes: a person has to approve the next step',
  },
  {
    when: ({ standing }) => !standing.automatic,
    does: 'stay',
    why: () => 'every gate passes: a person may advance',
  },
  {
    when: () => true,
    does: 'advance',
    why: ({ standing }) =>
      standing.next?.to === 'complete'
        ? 'every gate passes: the last step is taken by complete()'
        : 'every gate passes',
  },
];

/** Whether a gate has found that the way back is dead. */
export const saysDead = ({ inputs, dryRun }: GateReading): boolean =>
  !dryRun && inputs.legacyAlive === 0;

function cycleLeft({ step, next, state, at, dailyCycleMs = dayMs }: Standing): number {
  const passesHalf = next !== undefined && step.percent <= 50 && next.percent >= 50;
  return passesHalf && next.percent > step.percent ? state.since + dailyCycleMs - at : 0;
}

function factsOf(standing: Standing, readings: readonly GateReading[]): Facts {
  const { state, step, at, pairs } = standing;
  const acting = readings.filter(({ dryRun }) => !dryRun);
  const that = (outcome: GateOutcome) => acting.filter((reading) => reading.outcome === outcome);
  const failing = that('fail');
  const looksAtPairs = acting.some(({ source }) => source === 'pairs' || source === 'live-pairs');
  return {
    standing,
    status: state.status,
    guardrail: failing.find(({ role }) => role !== 'signal'),
    signal: failing.find(({ role }) => role === 'signal'),
    invalid: that('invalid')[0],
    undecided: that('hold')[0],
    // Legacy is not needed where nothing falls back to it any more.
    isAlive: step.to === 'complete' || (standing.legacyAlive && !readings.some(saysDead)),
    holdLeftMs: state.since + (step.holdMs ?? defaults.holdMs) - at,
    cycleLeftMs: cycleLeft(standing),
    pairsLeft: looksAtPairs ? (step.minPairs ?? defaults.minPairs) - pairs : 0,
  };
}

/**
 * Says what is to be done about a ramp. Pure. A guardrail that fails rolls back in every state, or freezes where nobody is there
 * to go back to; a signal that fails pauses; nothing but `pass` of every gate lets it climb, an approval is asked for last. Dry
 * runs are recorded only.
 */
export function decideRamp(standing: Standing, readings: readonly GateReading[]): RampDecision {
  const facts = factsOf(standing, readings);
  const row = rows.find(({ when }) => when(facts)) as Row;
  return { does: row.does, why: row.why(facts), readings };
}
