import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import type { Gate } from './gate.ts';
import { type PairGateOptions, pairGate, pairGateChecks } from './gate-options.ts';
import { PairMeanRun } from './pair-mean-run.ts';
import { countedAs } from './wording.ts';

/** When replies have quite another length. */
export interface ReplyLengthOptions extends PairGateOptions {
  /** Candidate's length by legacy's that is too long, as a geometric mean: the migration guide's figure. @default 2 */
  readonly longer?: number | undefined;
  /** The same for too short: the inverse. @default 0.5 */
  readonly shorter?: number | undefined;
}

/** Logarithms, so that twice as long and half as long are equally far. */
function logRatio({ legacy, candidate }: PairRecord): number | undefined {
  if (legacy.ended !== 'answered' || candidate.ended !== 'answered') return undefined;
  if (legacy.chars === undefined || candidate.chars === undefined) return undefined;
  return Math.log(Math.max(1, candidate.chars) / Math.max(1, legacy.chars));
}

const shown = (log: number): string => `× ${Math.exp(log).toFixed(2)}`;

/**
 * Asks whether replies became much longer, as they do where too much is recalled, or much shorter. A signal, by pairs.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function replyLength(options: ReplyLengthOptions = {}): Gate {
  const checks = { ...pairGateChecks, longer: check.positive, shorter: check.positive };
  refuse('replyLength()', issuesOf(options, checks));
  const { longer = 2, shorter = 0.5, ...rest } = options;
  const areApart = shorter < 1 && longer > 1;
  refuse('replyLength()', areApart ? [] : ['longer must be above 1, and shorter below']);
  const head = pairGate('reply-length', 'signal', rest);
  const words = { subject: 'reply length', unit: countedAs[head.source], shown };
  const limits = { low: Math.log(shorter), high: Math.log(longer) };
  const question = { ...head, ...words, ...limits, value: logRatio };
  return {
    ...head,
    spends: true,
    policy: { kind: 'reply-length', longer, shorter, asksAt: head.asksAt },
    begin: (setting) => new PairMeanRun(question, setting),
  };
}
