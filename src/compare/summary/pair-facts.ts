import type { LayerFinding } from '../../core/contracts/comparer.ts';
import type { LegRecord, PairRecord } from '../../core/contracts/pair-record.ts';
import type { CutoverErrorCode } from '../../core/errors.ts';

/** How the two legs ended. Where both fail there is nothing that the candidate does worse. */
export type PairOutcome =
  | 'bothAnswered'
  | 'candidateFailed'
  | 'candidateLate'
  | 'legacyFailed'
  | 'bothFailed';

type End = LegRecord['ended'];

const outcomes: Readonly<Record<End, Readonly<Record<End, PairOutcome>>>> = {
  answered: { answered: 'bothAnswered', failed: 'candidateFailed', late: 'candidateLate' },
  failed: { answered: 'legacyFailed', failed: 'bothFailed', late: 'bothFailed' },
  late: { answered: 'legacyFailed', failed: 'bothFailed', late: 'bothFailed' },
};

/** What a report asks of a pair, found once. */
export interface PairFacts {
  readonly outcome: PairOutcome;
  /** Both answered, and their replies were compared. */
  readonly isCompared: boolean;
  readonly tellsTools: boolean;
  /** It was stopped: replay had no result for a call that legacy had not made. */
  readonly isDiverged: boolean;
  /** The texts are equal, so that no judge need be asked. */
  readonly isEqual: boolean;
  /** A judge was not asked, by choice: whether the answer is a wrong one is left open. */
  readonly isUnjudged: boolean;
  /** The candidate answered something else than legacy, as far as that can be told. */
  readonly isWrong: boolean;
  readonly notes: readonly string[];
  /** Candidate's length by legacy's; undefined when one is not known. */
  readonly ratio: number | undefined;
  /** Of the wording, 0 to 1. */
  readonly similarity: number | undefined;
  /** Of the meanings, −1 to 1. */
  readonly cosine: number | undefined;
}

/** Notes that explain why the words of a reply are other ones: then it is that and not a wrong answer. */
const explaining = [
  'empty',
  'empty-ended',
  'truncated',
  'shorter',
  'longer',
  'language',
  'refusal',
  'refusal-ended',
];

/** Notes of replies whose facts are other ones. */
const factual = ['numbers', 'swapped'];

/** Of a replayed run that was stopped. */
const diverged: CutoverErrorCode = 'ERR_AGENT_DIVERGED';

type Layers = readonly LayerFinding[];

const noLayers: Layers = [];
const noNotes: readonly string[] = [];

/** What a layer found; undefined: it did not run. A loop, since it is asked six times a pair. */
function foundBy(layers: Layers, name: string): LayerFinding | undefined {
  for (const finding of layers) if (finding.layer === name) return finding;
  return undefined;
}

const sayOf = (layers: Layers, name: string): LayerFinding['say'] =>
  foundBy(layers, name)?.say ?? 'none';

/** Notes of a judge that is asked about some pairs only. */
const leftOut = ['judge-sampled', 'judge-budget'];

/** A judge knows best; where there is none, or it said nothing, other facts and quite another wording tell. */
function isWrong(layers: Layers, notes: readonly string[]): boolean {
  const judged = sayOf(layers, 'judge');
  if (judged !== 'none') return judged === 'worse';
  if (notes.length > 0 && factual.some((note) => notes.includes(note))) return true;
  const meaning = sayOf(layers, 'embedding');
  const say = meaning === 'none' ? sayOf(layers, 'lexical') : meaning;
  return say === 'different' && !explaining.some((note) => notes.includes(note));
}

/** Finds what a report asks of a pair. */
export function pairFacts({ legacy, candidate, divergence }: PairRecord): PairFacts {
  const outcome = outcomes[legacy.ended][candidate.ended];
  const isAnswered = outcome === 'bothAnswered';
  const isCompared = isAnswered && divergence !== undefined;
  const isDiverged = outcome === 'candidateFailed' && candidate.error?.code === diverged;
  const { notes, layers } = divergence ?? { notes: noNotes, layers: noLayers };
  const isUnjudged = isCompared && notes.length > 0 && leftOut.some((note) => notes.includes(note));
  const isMeasured = isAnswered && legacy.chars !== undefined && candidate.chars !== undefined;
  return {
    outcome,
    isCompared,
    tellsTools: isDiverged || (isCompared && sayOf(layers, 'tools') !== 'none'),
    isDiverged,
    isEqual: isCompared && sayOf(layers, 'exact') === 'same',
    isUnjudged,
    isWrong: isCompared && !isUnjudged && isWrong(layers, notes),
    notes,
    ratio: isMeasured ? (candidate.chars ?? 0) / Math.max(1, legacy.chars ?? 0) : undefined,
    similarity: foundBy(layers, 'lexical')?.metrics?.similarity,
    cosine: foundBy(layers, 'embedding')?.metrics?.cosine,
  };
}
