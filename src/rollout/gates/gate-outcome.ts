import { CutoverError } from '../../core/errors.ts';
import type { GateOutcome } from './gate.ts';

const outcomes: readonly unknown[] = ['pass', 'fail', 'hold', 'invalid'] satisfies GateOutcome[];

/** @throws CutoverError `ERR_CUTOVER_CONTAINED` for what is no outcome: a gate of the app may say anything */
export function refuseNoOutcome(gate: string, outcome: unknown): void {
  if (outcomes.includes(outcome)) return;
  const message = `The gate ${gate.slice(0, 60)} said no outcome: it must be one of ${outcomes.join(', ')}.`;
  throw new CutoverError('ERR_CUTOVER_CONTAINED', message);
}
