import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { type Stage, stages } from '../../core/stage.ts';
import type { FullPlan } from '../plan/full-plan.ts';

/** A state before it has its version. */
export type RampDraft = Omit<RolloutState, 'version' | 'actor'>;

/** A state as what the next one is made of: without its version, and without what it stood still for. */
export function draftOf(state: RolloutState): RampDraft {
  const { version: _, actor: _a, why: _w, ...rest } = state;
  return rest;
}

/** The first state of a ramp: the plan's first step. */
export function firstDraft(plan: FullPlan, salt: string, at: number): RampDraft {
  const { from, policyHash } = plan;
  const [{ percent, to } = { percent: 0, to: 'live' as Stage }] = plan.steps;
  const start = { from, to, percent, overrides: {}, salt, hash: 'v1', step: 0 } as const;
  return { ...start, since: at, status: 'ramping', policyHash };
}

/** The place of the last step that is not above where a ramp stands; 0 below the first. */
function reachedStep(
  { steps }: Pick<FullPlan, 'steps'>,
  { percent, to }: Pick<RampDraft, 'percent' | 'to'>,
): number {
  const reached = steps.findLastIndex(
    (step) => step.percent <= percent && stages[step.to].order <= stages[to].order,
  );
  return Math.max(0, reached);
}

/** Where a ramp stands, by the plan that its step is counted by: in another one the same place is another step. */
export function placeBy(
  plan: Pick<FullPlan, 'steps' | 'policyHash'>,
  draft: Pick<RampDraft, 'percent' | 'to'>,
): Pick<RampDraft, 'step' | 'policyHash'> {
  return { step: reachedStep(plan, draft), policyHash: plan.policyHash };
}

/** The place of the step at which a ramp stands: as it was counted, unless that was by another plan. */
export function presentStep(
  plan: Pick<FullPlan, 'steps' | 'policyHash'>,
  state: Pick<RampDraft, 'step' | 'percent' | 'to' | 'policyHash'>,
): number {
  return state.policyHash === plan.policyHash ? state.step : reachedStep(plan, state);
}

/** The place of the step that comes next: the first one itself for a ramp that stands below it. */
export function nextStep(
  plan: Pick<FullPlan, 'steps' | 'policyHash'>,
  state: Pick<RampDraft, 'step' | 'percent' | 'to' | 'policyHash'>,
): number {
  const step = presentStep(plan, state);
  return state.percent < (plan.steps[step]?.percent ?? 0) ? step : step + 1;
}

/** When a step begins after another: never at the same moment, so that each has evidence of its own. */
export function begins({ since }: RampDraft, at: number): number {
  return Math.max(at, since + 1);
}

/** The same state at another step, moving; the step is counted by this plan from now on, whichever it was before. */
export function atStep(state: RolloutState, plan: FullPlan, step: number, at: number): RampDraft {
  const { percent, to } = plan.steps[step] ?? state;
  const since = begins(state, at);
  const { policyHash } = plan;
  const moved = {
    ...draftOf(state),
    step,
    percent,
    to,
    since,
    status: 'ramping',
    policyHash,
  } as const;
  return { ...moved, overrides: needed(moved) };
}

/** Overrides that still say something: who is ahead of nobody any more follows the ramp. */
function needed({ percent, to, overrides }: RampDraft): Readonly<Record<string, Stage>> {
  if (percent < 100) return overrides;
  return keepOverrides(
    overrides,
    (stage) => stages[stage].serves === 'legacy' || stages[stage].order > stages[to].order,
  );
}

/** The overrides that pass. An own `__proto__` is a tenant like any other. */
export function keepOverrides(
  overrides: Readonly<Record<string, Stage>>,
  keep: (stage: Stage, tenant: string) => boolean,
): Readonly<Record<string, Stage>> {
  const entries = Object.entries(overrides);
  const kept = entries.filter(([tenant, stage]) => keep(stage, tenant));
  return kept.length === entries.length ? overrides : Object.fromEntries(kept);
}

/** Where single tenants are put beside the ramp. */
export function withOverrides(
  overrides: Readonly<Record<string, Stage>>,
  tenants: readonly string[],
  stage: Stage | undefined,
): Readonly<Record<string, Stage>> {
  const named = new Set(tenants);
  const entries = Object.entries(overrides);
  const kept = entries.filter(([tenant]) => !named.has(tenant));
  if (stage === undefined && kept.length === entries.length) return overrides;
  if (stage !== undefined) for (const tenant of named) kept.push([tenant, stage]);
  return Object.fromEntries(kept);
}

/** The stage that tenants go back to: where those outside are, unless a lower one was asked for. */
export function backTo(from: Stage, asked: Stage | undefined): Stage {
  return asked !== undefined && stages[asked].order < stages[from].order ? asked : from;
}

/** Everybody back with legacy: no percentage, and no tenant ahead of it. */
export function rolledBack(
  state: RolloutState,
  back: { readonly to: Stage; readonly at: number; readonly status: RolloutState['status'] },
): RampDraft {
  const { order, learns } = stages[back.to];
  const overrides = keepOverrides(
    state.overrides,
    (stage) => stages[stage].serves === 'legacy' && (learns || stages[stage].order <= order),
  );
  const { status, to: from } = back;
  const since = begins(state, back.at);
  return { ...draftOf(state), percent: 0, step: 0, from, overrides, since, status };
}

/** Whether somebody is served by the candidate. */
export function servesCandidate({ percent, overrides }: RampDraft): boolean {
  return (
    percent > 0 || Object.values(overrides).some((stage) => stages[stage].serves === 'candidate')
  );
}

/** What the evidence of a step is kept under: another visit of the same step has another; undefined: no step is known. */
export function phaseOf(
  rollout: string,
  draft: Pick<RampDraft, 'step' | 'since'> | undefined,
): string {
  return draft === undefined ? `${rollout}/-/0` : `${rollout}/${draft.step}/${draft.since}`;
}

/** When the step began that a phase is of, 0 for no known one; undefined for what is no phase of this rollout. */
export function phaseBegan(rollout: string, phase: string): number | undefined {
  if (!phase.startsWith(`${rollout}/`)) return undefined;
  const since = /^(?:\d+|-)\/(\d+)$/.exec(phase.slice(rollout.length + 1))?.[1];
  return since === undefined ? undefined : Number(since);
}

/** Whether a phase is of a step of another rollout; what an app counts by itself is of none. */
export function isOfOther(rollout: string, phase: string): boolean {
  return /\/(?:\d+|-)\/\d+$/.test(phase) && phaseBegan(rollout, phase) === undefined;
}
