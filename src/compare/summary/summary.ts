import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import type { CompareReport } from './compare-report.ts';
import { diagnosesOf, findingsOf } from './findings.ts';
import { pairFacts } from './pair-facts.ts';
import { PairTally } from './pair-tally.ts';
import { RecalledPatterns } from './recalled-patterns.ts';
import type { NormalizedSummary } from './summary-options.ts';
import { TenantRows } from './tenant-rows.ts';
import { VolumeDays } from './volume-days.ts';
import { WorstPairs } from './worst-pairs.ts';

/** A report while it is being made. */
export class Summary {
  readonly #options: NormalizedSummary;
  readonly #kinds: { readonly compare: PairTally; readonly noise: PairTally };
  readonly #days = new VolumeDays();
  readonly #patterns = new RecalledPatterns();
  readonly #worst: WorstPairs;
  readonly #tenants: TenantRows;

  constructor(options: NormalizedSummary) {
    this.#options = options;
    const { legacy, candidate } = options.prices ?? {};
    this.#kinds = {
      compare: new PairTally({ legacy, candidate }),
      noise: new PairTally({ legacy, candidate: legacy }),
    };
    this.#worst = new WorstPairs(options.worst);
    this.#tenants = new TenantRows(options.maxTenants);
  }

  pair(pair: PairRecord): void {
    if (!this.#isWanted(pair)) return;
    const facts = pairFacts(pair);
    const findings = this.#kinds[pair.kind].add(pair, facts);
    if (pair.kind === 'noise') return;
    this.#days.pair(pair.at);
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
    const excess = compare.excessOver(noise, thresholds.noisePairs);
    const currency = prices?.currency;
    return {
      diagnoses: diagnosesOf(findings),
      findings,
      ...compare.figures(served),
      toolsUnknown: compare.toolsUnknown,
      noise: noise.figures(),
      ...(excess && { excess }),
      volume: this.#days.volume(days),
      ...(currency !== undefined && { currency }),
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
