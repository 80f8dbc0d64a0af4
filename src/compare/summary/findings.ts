import type { Filled } from '../../core/given-options.ts';
import { type FindingKind, type FindingRow, findingKinds } from './finding-kinds.ts';
import type { PairFacts } from './pair-facts.ts';
import { type Excess, excessOverNoise, leastShare, type Rate, rateOf } from './rate.ts';
import type { SummaryThresholds } from './summary-options.ts';

/** How often something is wrong with the candidate, and whether that is more than noise. */
export interface Finding {
  /** What it is. */
  readonly kind: FindingKind;
  /** What is wrong, in a sentence. */
  readonly says: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Share of the pairs that can have it. */
  readonly rate: Rate;
  /** The same of legacy against itself; absent without such pairs. */
  readonly noise?: Rate;
  /** How far the rate lies above that, with 99 % confidence. */
  readonly excess?: Excess;
  /** What it was held against: noise where there is enough of it, a fixed share otherwise. */
  readonly against: 'noise' | 'floor';
  /** What its excess, or the rate itself, has to exceed with 99 % confidence to be raised: a share, 0 to 1. */
  readonly threshold: number;
  /** Whether it does. */
  readonly raised: boolean;
}

/** A finding that was raised, with those that are parts of it. */
export interface Diagnosis extends Finding {
  /** Raised, and told with it. */
  readonly parts: readonly Finding[];
}

const rows = Object.entries(findingKinds) as [FindingKind, FindingRow][];

const none: readonly FindingKind[] = [];

/** How often each kind holds. */
export class FindingCounts {
  readonly #counts = rows.map(([kind, row]) => ({ kind, ...row, count: 0, of: 0 }));
  #equal = 0;
  #unjudged = 0;

  /** Gives the kinds that hold. */
  add(facts: PairFacts): readonly FindingKind[] {
    // Most pairs have none: nothing is made for them.
    let found: FindingKind[] | undefined;
    if (facts.isEqual) this.#equal += 1;
    if (facts.isUnjudged) this.#unjudged += 1;
    for (const counts of this.#counts) {
      if (!counts.among(facts)) continue;
      counts.of += 1;
      if (!counts.holds(facts)) continue;
      counts.count += 1;
      found ??= [];
      found.push(counts.kind);
    }
    return found ?? none;
  }

  rate(kind: FindingKind): Rate {
    const counts = this.#counts.find((one) => one.kind === kind);
    const { count, of, isJudged } = counts ?? { count: 0, of: 0 };
    return rateOf(count, isJudged ? this.#weighed(of) : of);
  }

  /** Equal replies need no judge. Of those that differ it saw some: of equal ones the same share counts, or they would weigh more. */
  #weighed(of: number): number {
    const judged = of - this.#equal;
    if (this.#unjudged === 0) return of;
    return judged + Math.round((this.#equal * judged) / (judged + this.#unjudged));
  }
}

/** Every kind, the gravest first: how often, against what, and whether that is too often. */
export function findingsOf(
  compared: FindingCounts,
  noisy: FindingCounts,
  { floor, failureFloor, excess: margin, noisePairs }: Filled<SummaryThresholds>,
): Finding[] {
  return rows.map(([kind, row]) => {
    const [rate, noise] = [compared.rate(kind), noisy.rate(kind)];
    const isHeld = noise.of >= noisePairs;
    const excess = excessOverNoise(rate, noise, noisePairs);
    const threshold = isHeld ? margin : row.floor === 'failure' ? failureFloor : floor;
    return {
      kind,
      says: row.says,
      remedy: row.remedy,
      rate,
      ...(noise.of > 0 && { noise, excess }),
      against: isHeld ? 'noise' : 'floor',
      threshold,
      raised: rate.of > 0 && (isHeld ? excess.low : leastShare(rate)) > threshold,
    };
  });
}

/** What was raised: parts with what they are parts of, or by themselves. */
export function diagnosesOf(findings: readonly Finding[]): Diagnosis[] {
  const raised = findings.filter((finding) => finding.raised);
  const kinds = new Set(raised.map(({ kind }) => kind));
  const wholeOf = ({ kind }: Finding): FindingKind | undefined => {
    const { part } = findingKinds[kind];
    return part !== undefined && kinds.has(part) ? part : undefined;
  };
  return raised
    .filter((finding) => wholeOf(finding) === undefined)
    .map((finding) => ({
      ...finding,
      parts: raised.filter((other) => wholeOf(other) === finding.kind),
    }));
}
