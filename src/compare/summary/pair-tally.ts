import type { Verdict } from '../../core/comparer.ts';
import type { PairRecord } from '../../core/pair-record.ts';
import type { MissedPairs } from '../../core/pair-sink.ts';
import { type Coverage, CoverageCount } from './coverage.ts';
import { type Distribution, Ratios, Shares } from './distribution.ts';
import type { FindingKind } from './finding-kinds.ts';
import { FindingCounts } from './findings.ts';
import type { PairFacts, PairOutcome } from './pair-facts.ts';
import { type Rate, rateOf } from './rate.ts';

/** What pairs of one kind have in common. */
export interface PairFigures {
  readonly coverage: Coverage;
  readonly outcomes: Readonly<Record<PairOutcome, Rate>>;
  /** `unknown`: a reply could not be read, or the comparison was not done in time. */
  readonly verdicts: Readonly<Record<Verdict | 'unknown', Rate>>;
  /** The candidate's length by legacy's. */
  readonly lengthRatio: Distribution;
  /** Of the wording, 0 to 1. */
  readonly similarity: Distribution;
}

/** Counts pairs of one kind. */
export class PairTally {
  readonly findings = new FindingCounts();
  readonly #coverage = new CoverageCount();
  readonly #ratios = new Ratios();
  readonly #similarities = new Shares();
  readonly #outcomes: Record<PairOutcome, number> = {
    bothAnswered: 0,
    candidateFailed: 0,
    candidateLate: 0,
    legacyFailed: 0,
    bothFailed: 0,
  };
  readonly #verdicts: Record<Verdict | 'unknown', number> = {
    same: 0,
    similar: 0,
    different: 0,
    worse: 0,
    unknown: 0,
  };
  #count = 0;

  /** Gives the kinds of findings that hold. */
  add({ divergence }: PairRecord, facts: PairFacts): FindingKind[] {
    this.#count += 1;
    this.#coverage.pair();
    this.#outcomes[facts.outcome] += 1;
    this.#verdicts[divergence?.verdict ?? 'unknown'] += 1;
    this.#ratios.add(facts.ratio);
    this.#similarities.add(facts.similarity);
    return this.findings.add(facts);
  }

  miss({ why, count }: MissedPairs): void {
    this.#coverage.miss(why, count);
  }

  figures(served?: number): PairFigures {
    return {
      coverage: this.#coverage.coverage(served),
      outcomes: this.#rates(this.#outcomes),
      verdicts: this.#rates(this.#verdicts),
      lengthRatio: this.#ratios.distribution,
      similarity: this.#similarities.distribution,
    };
  }

  #rates<K extends string>(counts: Readonly<Record<K, number>>): Record<K, Rate> {
    const rates = Object.entries<number>(counts).map(([name, count]) => [
      name,
      rateOf(count, this.#count),
    ]);
    return Object.fromEntries(rates) as Record<K, Rate>;
  }
}
