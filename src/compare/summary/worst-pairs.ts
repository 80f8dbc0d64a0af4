import type { Verdict } from '../../core/contracts/comparer.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { FindingKind } from './finding-kinds.ts';
import type { PairFacts } from './pair-facts.ts';

/** A pair that somebody should look at; its words are where the pairs are. */
export interface WorstPair {
  /** Under which the sink holds the pair. */
  readonly requestId: string;
  /** When the pair was complete, milliseconds since the epoch. */
  readonly at: number;
  /** The name of its route. */
  readonly route: string;
  /** Whose it is. */
  readonly tenant: string;
  /** `different` or `worse`. */
  readonly verdict: Verdict;
  /** The layer whose say became the verdict. */
  readonly decidedBy: string;
  /** What all layers noticed, each once. */
  readonly notes: readonly string[];
  /** Kinds that it has. */
  readonly findings: readonly FindingKind[];
  /** The candidate’s length by legacy’s; absent when one is not known. */
  readonly lengthRatio?: number;
  /** Of the wording, 0 to 1; absent when it was not measured. */
  readonly similarity?: number;
}

const gravity: Readonly<Record<Verdict, number>> = { same: 0, similar: 1, different: 2, worse: 3 };

/** Verdict first, then failures and wrong answers, then how many things, then how unlike. */
function scoreOf(
  verdict: Verdict,
  { outcome, isWrong, similarity = 1 }: PairFacts,
  findings: number,
): number {
  const isGrave = isWrong || outcome === 'candidateFailed' || outcome === 'candidateLate';
  return gravity[verdict] * 100 + (isGrave ? 30 : 0) + Math.min(9, findings) * 2 + 1 - similarity;
}

/** The worst pairs, the worst first; of equals the earliest. */
export class WorstPairs {
  readonly #max: number;
  readonly #held: { readonly score: number; readonly pair: WorstPair }[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(pair: PairRecord, facts: PairFacts, findings: readonly FindingKind[]): void {
    const { divergence } = pair;
    const { verdict } = divergence ?? {};
    if (divergence === undefined || verdict === undefined || gravity[verdict] < 2) return;
    const score = scoreOf(verdict, facts, findings.length);
    const last = this.#held.at(-1);
    if (this.#held.length === this.#max && last !== undefined && score <= last.score) return;
    const { requestId, at, route, tenant } = pair;
    const { decidedBy, notes } = divergence;
    const figures = {
      ...(facts.ratio !== undefined && { lengthRatio: facts.ratio }),
      ...(facts.similarity !== undefined && { similarity: facts.similarity }),
    };
    const place = this.#held.findIndex((held) => held.score < score);
    const told = { requestId, at, route, tenant, verdict, decidedBy, notes, findings, ...figures };
    this.#held.splice(place < 0 ? this.#held.length : place, 0, { score, pair: told });
    if (this.#held.length > this.#max) this.#held.pop();
  }

  pairs(): WorstPair[] {
    return this.#held.map(({ pair }) => pair);
  }
}
