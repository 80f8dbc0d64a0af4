import type { RolloutState } from '../core/rollout-state.ts';
import type { Evidence } from './assessor.ts';
import type { RampDecision, Standing } from './decision.ts';
import type { FullPlan } from './full-plan.ts';
import type { GateReading } from './gate.ts';

/** Starts the gates of a plan for the step of a state. */
export function beginEvidence(plan: FullPlan, state: RolloutState): Evidence {
  const alpha = plan.alpha / Math.max(1, plan.gates.length);
  const runs = plan.gates.map((gate) => gate.begin({ alpha, state, since: state.since }));
  return {
    pair: (pair) => {
      for (const run of runs) run.pair?.(pair);
    },
    missed: (misses) => {
      for (const run of runs) run.missed?.(misses);
    },
    served: (counts) => {
      for (const run of runs) run.served?.(counts);
    },
    attested: (attestation) => {
      for (const run of runs) run.attested?.(attestation);
    },
    changed: (now) => {
      for (const run of runs) run.changed?.(now);
    },
    readings: (at) => Promise.all(runs.map((run) => run.read(at))),
  };
}

/** What is to be done about a ramp. */
export function decide(
  plan: FullPlan,
  standing: Standing,
  readings: readonly GateReading[],
): RampDecision {
  const { state, step, next, at, pairs, approved, legacyAlive, automatic } = standing;
  const acting = plan.gates.filter(({ dryRun }) => dryRun !== true);
  const outcomeOf = (name: string) => readings.find(({ gate }) => gate === name)?.outcome;
  const failing = (role: string) =>
    acting.find((gate) => gate.role === role && outcomeOf(gate.name) === 'fail')?.name;
  const full = step as FullPlan['steps'][number];
  const guardrail = failing('guardrail');
  if (guardrail !== undefined) {
    const does = legacyAlive ? 'roll-back' : 'freeze';
    return { does, why: `the guardrail ${guardrail} fails`, readings };
  }
  const signal = failing('signal');
  if (signal !== undefined) return { does: 'pause', why: `the signal ${signal} fails`, readings };
  const waiting = acting.find(({ name }) => outcomeOf(name) !== 'pass')?.name;
  const stay = (why: string): RampDecision => ({ does: 'stay', why, readings });
  if (waiting !== undefined) return stay(`the gate ${waiting} does not pass yet`);
  if (at - state.since < full.holdMs) return stay('the step is held longer');
  if (acting.some(({ source }) => source === 'pairs') && pairs < full.minPairs) {
    return stay(`${pairs} of ${full.minPairs} pairs`);
  }
  if (next === undefined) return stay('this is the last step');
  if (full.approval && !approved) return { does: 'await-approval', why: 'all pass', readings };
  if (!automatic) return stay('all pass: a person advances it');
  return { does: 'advance', why: 'all pass', readings };
}
