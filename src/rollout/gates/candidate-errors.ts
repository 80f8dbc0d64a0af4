import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import type { Gate } from './gate.ts';
import { type PairGateOptions, pairGateChecks } from './gate-options.ts';
import { leastHarm } from './least-harm.ts';
import { pairedGate } from './paired-gate.ts';
import { type PairedView, sayOfEnds } from './paired-view.ts';

/** When the candidate fails too often. */
export interface CandidateErrorsOptions extends PairGateOptions {
  /** Passes once it is shown to fail more often than legacy by less than this. @default 0.02 */
  readonly margin?: number | undefined;
  /** Fails once it is shown to fail more often by more than this. @default 0.0025 */
  readonly harm?: number | undefined;
}

const view: PairedView = {
  say: (pair) => sayOfEnds(pair) ?? 'same',
  off: (pair) => sayOfEnds(pair) === 'worse',
};

/**
 * Asks whether the candidate fails, or is late, more often than legacy on the same requests. A guardrail, by pairs.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function candidateErrors(options: CandidateErrorsOptions = {}): Gate {
  refuse(
    'candidateErrors()',
    issuesOf(options, { ...pairGateChecks, margin: check.belowOne, harm: check.belowOne }),
  );
  const { margin = 0.02, harm = leastHarm, ...rest } = options;
  const asked = { kind: 'candidate-errors', role: 'guardrail', subject: 'errors' } as const;
  return pairedGate({ ...asked, view, margin, harm, overNoise: false }, rest);
}
