import type { Leg } from '../../core/stage.ts';
import type { Diagnosis, Finding } from './findings.ts';
import type { LegFigures } from './leg-figures.ts';
import type { PairFigures } from './pair-tally.ts';
import type { PatternFigures } from './recalled-patterns.ts';
import type { TenantRow } from './tenant-rows.ts';
import type { ToolCell } from './tool-matrix.ts';
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
  /** UTC days with something to compare. */
  readonly volume: Volume;
  readonly legs: Readonly<Record<Leg, LegFigures>>;
  /** What money is counted in, where prices were given. */
  readonly currency?: string;
  /** Pairs whose verdict rests on a judge that was not calibrated: no gate may go by it. */
  readonly advisory: number;
  /** Legacy's tools against the candidate's, the most frequent first. */
  readonly tools: readonly ToolCell[];
  /** Patterns that wrong replies have recalled, the worst first. */
  readonly patterns: readonly PatternFigures[];
  readonly worst: readonly WorstPair[];
  /** Those with most exchanges first. */
  readonly tenants: readonly TenantRow[];
}
