import { type Filled, givenOptions } from '../../core/given-options.ts';
import {
  check,
  having,
  issuesOf,
  type OptionCheck,
  oneOf,
  refuse,
  required,
} from '../../core/option-checks.ts';
import { type Stage, stageNames, stages } from '../../core/stage.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import type { Gate } from '../gates/gate.ts';
import { defaultPlan } from './default-plan.ts';
import type { PlanStep, RolloutPlan } from './plan.ts';

/** A step without gaps. */
export type FullStep = Filled<PlanStep>;

/** A plan without gaps, and the fingerprint of all that decides by it. */
export interface FullPlan extends Filled<RolloutPlan> {
  readonly steps: readonly FullStep[];
  readonly policyHash: string;
  /** What that is the fingerprint of, for the trail; undefined where it is too long for an entry. */
  readonly policy: object | undefined;
}

/** Code units of a plan that goes into an entry of the trail, whose line has room for some more. */
const longestPolicy = 100_000;

const served = (leg: 'legacy' | 'candidate'): Stage[] =>
  stageNames.filter((stage) => stages[stage].serves === leg);

/** The rule for the stage of tenants outside. */
export const fromCheck: OptionCheck = oneOf(...served('legacy'));
/** The rule for the stage of tenants inside. */
const toCheck: OptionCheck = oneOf(...served('candidate'));

/** The rule for a length of time that may be none. */
export const timeCheck: OptionCheck = {
  test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  must: 'be a number of milliseconds from 0',
};
const natural: OptionCheck = {
  test: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  must: 'be a whole number from 0',
};
const stepChecks = {
  percent: required(check.percent),
  to: toCheck,
  holdMs: timeCheck,
  minPairs: natural,
  approval: check.boolean,
};
const list: OptionCheck = { test: Array.isArray, must: 'be an array' };
const isGate = (gate: unknown): boolean =>
  having('begin').test(gate) && check.text.test((gate as Gate).name);
const gateList: OptionCheck = {
  test: (value) => Array.isArray(value) && value.every(isGate),
  must: 'be an array of gates, such as wrongAnswers() or customGate()',
};
const planChecks = {
  from: fromCheck,
  steps: list,
  gates: gateList,
  automatic: check.boolean,
  holdMs: timeCheck,
  minPairs: natural,
  alpha: check.chance,
  dailyCycleMs: timeCheck,
  completeAfterMs: timeCheck,
};

const place = ({ percent, to = 'live' }: PlanStep): number => percent + 1_000 * stages[to].order;

const told = ({ percent, to = 'live' }: PlanStep): string => `${percent} % ${to}`;

function ladderIssues(steps: readonly PlanStep[]): string[] {
  if (steps.length === 0) return ['plan.steps must have a step'];
  const wrong = steps.flatMap((step, at) => issuesOf(step, stepChecks, `plan.steps[${at}].`));
  if (wrong.length > 0) return wrong;
  return steps.flatMap((step, at) => {
    const before = steps[at - 1];
    if (before === undefined || (step.percent >= before.percent && place(step) > place(before))) {
      return step.to !== 'complete' || step.percent === 100
        ? []
        : [`plan.steps[${at}] is complete, which must be 100 percent`];
    }
    return [
      `plan.steps[${at}] must be above ${told(before)}, the step before it, not ${told(step)}`,
    ];
  });
}

/** Every issue of a plan. */
export function planIssues(plan: unknown): string[] {
  const wrong = issuesOf(plan, planChecks, 'plan.');
  const { steps, gates } = (plan ?? {}) as RolloutPlan;
  const ladder = Array.isArray(steps) ? ladderIssues(steps) : [];
  const names = gateList.test(gates) ? (gates ?? []).map(({ name }) => name) : [];
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return [...wrong, ...ladder, ...twice.map((name) => `plan.gates has "${name}" twice`)];
}

/**
 * Fills a plan's gaps.
 *
 * @throws InvalidOptionsError
 */
export function toFullPlan(plan: RolloutPlan): FullPlan {
  refuse('createRollout()', planIssues(plan));
  const filled = { ...defaultPlan, ...givenOptions(plan) };
  const { holdMs, minPairs } = filled;
  const steps = filled.steps.map((step): FullStep => {
    const { percent } = step;
    return { percent, to: 'live', holdMs, minPairs, approval: false, ...givenOptions(step) };
  });
  const policy = policyOf({ ...filled, steps });
  const text = canonicalJson(policy);
  const isLong = text.length > longestPolicy;
  return { ...filled, steps, policyHash: fingerprint(text), policy: isLong ? undefined : policy };
}

function policyOf({ gates, ...rest }: Filled<RolloutPlan>): object {
  const policies = gates.map(({ name, role, source, dryRun = false, policy }) => {
    return { name, role, source, dryRun, policy };
  });
  // Through JSON first: a threshold that is not finite is null there, and still part of the policy.
  return JSON.parse(JSON.stringify({ ...rest, gates: policies }));
}
