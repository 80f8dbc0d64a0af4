import type { Diagnosis, Finding } from './findings.ts';
import type { ExcessFigures, PairFigures } from './pair-figures.ts';
import type { Rate } from './rate.ts';
import type { PatternFigures } from './recalled-patterns.ts';
import type { TenantRow } from './tenant-rows.ts';
import type { Volume } from './volume-days.ts';
import type { WorstPair } from './worst-pairs.ts';

/** What compared exchanges say, all in all. Plain data, without a word of any reply. */
export interface CompareReport extends PairFigures {
  /** What was raised, the gravest first; empty: nothing that is more than noise. */
  readonly diagnoses: readonly Diagnosis[];
  /** Every kind that is looked for, raised or not. */
  readonly findings: readonly Finding[];
  /** Legacy against itself, in the same figures; its pairs count nowhere else. */
  readonly noise: PairFigures;
  /** What of these figures is more than noise; absent without pairs of legacy against itself. */
  readonly excess?: ExcessFigures;
  /** Pairs in which one leg has called tools and the other does not tell of its own: those are not compared. */
  readonly toolsUnknown: Rate;
  /** UTC days with something to compare. */
  readonly volume: Volume;
  /** What money is counted in, where prices were given. */
  readonly currency?: string;
  /** Patterns that wrong replies have recalled, the worst first. */
  readonly patterns: readonly PatternFigures[];
  /** Pairs to look at first, the worst first. */
  readonly worst: readonly WorstPair[];
  /** Those with most exchanges first. */
  readonly tenants: readonly TenantRow[];
}
