import type { PairRecord } from '../../core/pair-record.ts';
import type { MissedPairs } from '../../core/pair-sink.ts';
import type { CompareReport } from './compare-report.ts';
import { diagnosesOf, findingsOf } from './findings.ts';
import { LegCount } from './leg-figures.ts';
import { pairFacts } from './pair-facts.ts';
import { PairTally } from './pair-tally.ts';
import { RecalledPatterns } from './recalled-patterns.ts';
import type { NormalizedSummary } from './summary-options.ts';
import { TenantRows } from './tenant-rows.ts';
import { ToolMatrix } from './tool-matrix.ts';
import { VolumeDays } from './volume-days.ts';
import { WorstPairs } from './worst-pairs.ts';

/** A report while it is being made. */
export class Summary {
  readonly #options: NormalizedSummary;
  readonly #kinds = { compare: new PairTally(), noise: new PairTally() };
  readonly #legs = { legacy: new LegCount(), candidate: new LegCount() };
  readonly #days = new VolumeDays();
  readonly #tools = new ToolMatrix();
  readonly #patterns = new RecalledPatterns();
  #advisory = 0;
  readonly #worst: WorstPairs;
  readonly #tenants: TenantRows;

  constructor(options: NormalizedSummary) {
    this.#options = options;
    this.#worst = new WorstPairs(options.worst);
    this.#tenants = new TenantRows(options.maxTenants);
  }

  pair(pair: PairRecord): void {
    if (!this.#isWanted(pair)) return;
    const facts = pairFacts(pair);
    const findings = this.#kinds[pair.kind].add(pair, facts);
    if (pair.kind === 'noise') return;
    if (pair.divergence?.advisory) this.#advisory += 1;
    this.#days.pair(pair.at);
    this.#legs.legacy.add(pair.legacy);
    this.#legs.candidate.add(pair.candidate);
    this.#tools.add(pair);
    this.#patterns.add(pair, facts);
    this.#worst.add(pair, facts, findings);
    this.#tenants.pair(pair, findings);
  }

  miss(misses: MissedPairs): void {
    if (!this.#isWanted(misses)) return;
    this.#kinds[misses.kind].miss(misses);
    if (misses.kind === 'noise') return;
    // What was left out by choice makes no day on which something was wanted.
    if (misses.why !== 'sampled') this.#days.miss(misses.at);
    this.#tenants.miss(misses);
  }

  report(): CompareReport {
    const { compare, noise } = this.#kinds;
    const { served, days, prices, thresholds } = this.#options;
    const findings = findingsOf(compare.findings, noise.findings, thresholds);
    const currency = prices?.currency;
    return {
      diagnoses: diagnosesOf(findings),
      findings,
      ...compare.figures(served),
      noise: noise.figures(),
      volume: this.#days.volume(days),
      legs: {
        legacy: this.#legs.legacy.figures(prices?.legacy),
        candidate: this.#legs.candidate.figures(prices?.candidate),
      },
      ...(currency !== undefined && { currency }),
      advisory: this.#advisory,
      tools: this.#tools.cells(),
      patterns: this.#patterns.patterns(),
      worst: this.#worst.pairs(),
      tenants: this.#tenants.rows(),
    };
  }

  #isWanted({ at, route, tenant }: PairRecord | MissedPairs): boolean {
    const wanted = this.#options;
    return (
      at >= wanted.since &&
      at < wanted.until &&
      (wanted.route === undefined || wanted.route === route) &&
      (wanted.tenant === undefined || wanted.tenant === tenant)
    );
  }
}
