import { mayGate } from '../../compare/judging/may-gate.ts';
import type { Judge } from '../../core/contracts/compare-options.ts';
import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import { type Stage, stages } from '../../core/stage.ts';
import type { Gate } from '../gates/gate.ts';
import { defaultPlan } from '../plan/default-plan.ts';
import { planIssues } from '../plan/full-plan.ts';
import type { RolloutPlan } from '../plan/plan.ts';
import { isAsked } from './evaluator.ts';

/** What evidence an app can have. */
export interface EvidenceOffer {
  /** Whether its routes have `legacyShadow`. */
  readonly hasLegacyShadow: boolean;
  /** Its routes' `sample.noise`. @default 0 */
  readonly noiseShare?: number;
  /** Its routes' judge, if they have one. */
  readonly judge?: Judge | undefined;
}

const offerChecks = {
  hasLegacyShadow: required(check.boolean),
  noiseShare: check.share,
  judge: check.function,
};

interface Place {
  readonly percent: number;
  readonly to: Stage;
}

interface Policy {
  readonly kind?: unknown;
  readonly overNoise?: unknown;
}

const policyOf = ({ policy }: Gate): Policy => (policy ?? {}) as Policy;

function sourceProblem(gate: Gate, places: readonly Place[], from: Stage, offer: EvidenceOffer) {
  const { name, source } = gate;
  const asked = places.filter((place) => isAsked(gate, place));
  if (asked.length === 0) return `${name} is asked at no step`;
  if (source === 'live-pairs' && !offer.hasLegacyShadow)
    return `${name} looks at live pairs, and routes have no legacyShadow`;
  if (source !== 'pairs') return '';
  if (stages[from].mirrors !== 'candidate')
    return `${name} looks at pairs, and tenants in the stage ${from} are not compared`;
  return asked.some(({ percent }) => percent >= 100)
    ? `${name} looks at pairs of tenants that legacy serves, and at 100 percent there are none: set upTo`
    : '';
}

function gateProblems(gate: Gate, { noiseShare = 0, judge }: EvidenceOffer): string[] {
  const { kind, overNoise } = policyOf(gate);
  const { name } = gate;
  return [
    overNoise === true && !(noiseShare > 0)
      ? `${name} takes noise out, and there is none: set sample.noise`
      : '',
    kind === 'wrong-answers' && judge !== undefined && !mayGate(judge.calibration)
      ? `${name} goes by a judge that is not calibrated: it needs 100 labelled pairs or more, and to be better than chance beyond doubt`
      : '',
  ];
}

function coverageProblem(gates: readonly Gate[], source: 'pairs' | 'live-pairs'): string {
  const looking = gates.filter((gate) => gate.source === source);
  const isCovered = looking.some((gate) => policyOf(gate).kind === 'coverage');
  const [first] = looking;
  return first === undefined || isCovered
    ? ''
    : `${first.name} looks at ${source}, and no coverage() says whether enough of them are there`;
}

function blindProblem(gates: readonly Gate[], place: Place): string {
  const { percent, to } = place;
  const isBlind = !gates.some(
    (gate) => gate.role === 'guardrail' && !gate.dryRun && seesHarm(gate, place),
  );
  return percent > 0 && to !== 'complete' && isBlind
    ? `no guardrail can fail at ${percent} percent ${to}: add servedErrors()`
    : '';
}

/** Whether a gate can show harm there: those without an own part of the error budget only watch the evidence. */
const seesHarm = (gate: Gate, place: Place): boolean =>
  gate.spends === true && isAsked(gate, place);

/**
 * What of a plan's gates cannot work with the evidence that an app has, a sentence each: to be asked before the ramp starts,
 * since pairs run dry as it succeeds.
 *
 * @throws InvalidOptionsError naming every issue of a plan that `createRollout` would refuse, and of the offer
 */
export function planProblems(plan: RolloutPlan, offer: EvidenceOffer): string[] {
  refuse('planProblems()', [...planIssues(plan), ...issuesOf(offer, offerChecks, 'offer.')]);
  const { gates = [], from = 'shadow', steps = defaultPlan.steps } = plan;
  const places = steps.map(({ percent, to = 'live' }): Place => ({ percent, to }));
  return [
    ...gates.map((gate) => sourceProblem(gate, places, from, offer)),
    ...gates.flatMap((gate) => gateProblems(gate, offer)),
    coverageProblem(gates, 'pairs'),
    coverageProblem(gates, 'live-pairs'),
    ...(gates.length === 0 ? [] : places.map((place) => blindProblem(gates, place))),
  ].filter((problem) => problem !== '');
}
