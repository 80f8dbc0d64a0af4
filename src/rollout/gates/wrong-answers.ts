import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import type { Gate } from './gate.ts';
import { type PairGateOptions, pairGateChecks } from './gate-options.ts';
import { leastHarm } from './least-harm.ts';
import { pairedGate } from './paired-gate.ts';
import { type PairedView, type PairSay, sayOfEnds } from './paired-view.ts';

/** When answers are wrong too often. */
export interface WrongAnswersOptions extends PairGateOptions {
  /** Passes once the candidate is shown to be worse by less than this: a difference of rates. @default 0.02 */
  readonly margin?: number | undefined;
  /** Fails once it is shown to be worse by more than this. @default 0.0025 */
  readonly harm?: number | undefined;
  /**
   * Takes legacy's own noise out: counts every reply that differs, of the candidate and of legacy run twice on the same
   * request. Needs `sample.noise`; requests of which there is no noise pair are not counted. @default false
   */
  readonly overNoise?: boolean | undefined;
}

/** Notes that speak for the candidate, as a verdict `worse` speaks against it. */
const forCandidate = ['refusal-ended', 'empty-ended'];

function say(pair: PairRecord): PairSay {
  const ends = sayOfEnds(pair);
  if (ends !== undefined) return ends;
  const { divergence, legacy, candidate } = pair;
  if (divergence === undefined) return 'unknown';
  if (divergence.advisory) return 'advised';
  if (divergence.verdict === 'worse') return 'worse';
  const wasEmpty = legacy.chars === 0 && (candidate.chars ?? 0) > 0;
  const { notes } = divergence;
  if (wasEmpty || forCandidate.some((note) => notes.includes(note))) return 'better';
  // Other tools may have decided the verdict, with which it does not hang on the judge.
  if (notes.includes('judge-candidate')) {
    return notes.includes('judge-advisory') ? 'advised' : 'better';
  }
  return 'same';
}

function off(pair: PairRecord): boolean | 'unknown' | 'advised' {
  const ends = sayOfEnds(pair);
  if (ends !== undefined) return ends === 'worse';
  const { divergence } = pair;
  if (divergence === undefined) return 'unknown';
  if (divergence.advisory) return 'advised';
  return divergence.verdict === 'worse' || divergence.verdict === 'different';
}

const view: PairedView = { say, off };

/**
 * Asks whether the candidate answers wrongly more often than legacy: it failed, said nothing, refused, or a calibrated judge
 * or a layer of the app's own found it worse. A guardrail, by pairs.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function wrongAnswers(options: WrongAnswersOptions = {}): Gate {
  const checks = {
    ...pairGateChecks,
    margin: check.belowOne,
    harm: check.belowOne,
    overNoise: check.boolean,
  };
  refuse('wrongAnswers()', issuesOf(options, checks));
  const { margin = 0.02, harm = leastHarm, overNoise = false, ...rest } = options;
  const asked = { kind: 'wrong-answers', role: 'guardrail', subject: 'wrong answers' } as const;
  return pairedGate({ ...asked, view, margin, harm, overNoise }, rest);
}
