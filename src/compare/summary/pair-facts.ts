import type { Divergence, LayerFinding } from '../../core/comparer.ts';
import type { LegRecord, PairRecord } from '../../core/pair-record.ts';

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
  /** The candidate answered something else than legacy, as far as that can be told. */
  readonly isWrong: boolean;
  readonly notes: ReadonlySet<string>;
  /** Candidate's length by legacy's; absent when one is not known. */
  readonly ratio?: number;
  /** Of the wording, 0 to 1. */
  readonly similarity?: number;
}

/** Notes that explain why the words of a reply are other ones: then it is that and not a wrong answer. */
const explaining = ['empty', 'truncated', 'shorter', 'longer', 'language', 'refusal'];

/** Notes of replies whose facts are other ones. */
const factual = ['numbers', 'swapped'];

type Layers = ReadonlyMap<string, LayerFinding>;

/** A judge knows best; where there is none, or it said nothing, other facts and quite another wording tell. */
function isWrong(layers: Layers, notes: ReadonlySet<string>): boolean {
  const judged = layers.get('judge')?.say ?? 'none';
  if (judged !== 'none') return judged === 'worse';
  if (factual.some((note) => notes.has(note))) return true;
  const meaning = layers.get('embedding')?.say ?? 'none';
  const say = meaning === 'none' ? layers.get('lexical')?.say : meaning;
  return say === 'different' && !explaining.some((note) => notes.has(note));
}

function similarityOf(layers: Layers): number | undefined {
  if (layers.get('exact')?.say === 'same') return 1;
  return layers.get('lexical')?.metrics?.similarity;
}

function layersOf(divergence: Divergence | undefined): Layers {
  return new Map(divergence?.layers.map((finding) => [finding.layer, finding]));
}

/** Finds what a report asks of a pair. */
export function pairFacts({ legacy, candidate, divergence }: PairRecord): PairFacts {
  const outcome = outcomes[legacy.ended][candidate.ended];
  const isAnswered = outcome === 'bothAnswered';
  const isCompared = isAnswered && divergence !== undefined;
  const notes = new Set(divergence?.notes);
  const layers = layersOf(divergence);
  const similarity = similarityOf(layers);
  const isMeasured = isAnswered && legacy.chars !== undefined && candidate.chars !== undefined;
  return {
    outcome,
    isCompared,
    tellsTools: isCompared && (layers.get('tools')?.say ?? 'none') !== 'none',
    isWrong: isCompared && isWrong(layers, notes),
    notes,
    ...(isMeasured && { ratio: (candidate.chars ?? 0) / Math.max(1, legacy.chars ?? 0) }),
    ...(similarity !== undefined && { similarity }),
  };
}
