import type { GateOutcome } from './gate.ts';

const outcomes: readonly unknown[] = ['pass', 'fail', 'hold', 'invalid'] satisfies GateOutcome[];

/** @throws TypeError for what is no outcome: a gate of the app may say anything */
export function refuseNoOutcome(gate: string, outcome: unknown): void {
  if (!outcomes.includes(outcome)) throw new TypeError(`${gate} said no outcome`);
}
