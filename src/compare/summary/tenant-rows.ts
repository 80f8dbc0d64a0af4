import type { Verdict } from '../../core/contracts/comparer.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { type Coverage, CoverageCount } from './coverage.ts';
import type { FindingKind } from './finding-kinds.ts';
import { VolumeDays } from './volume-days.ts';

/** What a report says of one tenant, or of all that have no row. */
export interface TenantRow {
  /** Absent: all tenants beyond those that have a row, and misses that were counted for several tenants at once. */
  readonly tenant?: string;
  /** What became of its exchanges that were to be compared. */
  readonly coverage: Coverage;
  /** Pairs by their verdict. `unknown`: a reply could not be read, or the comparison was not done in time. */
  readonly verdicts: Readonly<Record<Verdict | 'unknown', number>>;
  /** How often each kind was found, those that were. */
  readonly findings: Readonly<Partial<Record<FindingKind, number>>>;
  /** Days with pairs in a row up to the last one, UTC. */
  readonly daysInARow: number;
}

class TenantCount {
  readonly #coverage = new CoverageCount();
  readonly #days = new VolumeDays();
  readonly #verdicts = { same: 0, similar: 0, different: 0, worse: 0, unknown: 0 };
  readonly #findings: Partial<Record<FindingKind, number>> = {};

  pair({ at, divergence }: PairRecord, findings: readonly FindingKind[]): void {
    this.#coverage.pair();
    this.#days.pair(at);
    this.#verdicts[divergence?.verdict ?? 'unknown'] += 1;
    for (const kind of findings) this.#findings[kind] = (this.#findings[kind] ?? 0) + 1;
  }

  miss({ at, why, count }: MissedPairs): void {
    this.#coverage.miss(why, count);
    this.#days.miss(at);
  }

  row(tenant: string | undefined): TenantRow {
    return {
      ...(tenant !== undefined && { tenant }),
      coverage: this.#coverage.coverage(),
      verdicts: { ...this.#verdicts },
      findings: { ...this.#findings },
      daysInARow: this.#days.volume(1).inARow,
    };
  }
}

/** Counts by tenant, those beyond a number together. */
export class TenantRows {
  readonly #max: number;
  readonly #tenants = new Map<string, TenantCount>();
  #others: TenantCount | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  pair(pair: PairRecord, findings: readonly FindingKind[]): void {
    this.#of(pair.tenant).pair(pair, findings);
  }

  miss(misses: MissedPairs): void {
    this.#of(misses.tenant).miss(misses);
  }

  /** Those with most exchanges first, the others last. */
  rows(): TenantRow[] {
    const rows = [...this.#tenants].map(([tenant, count]) => count.row(tenant));
    rows.sort((a, b) => b.coverage.wanted - a.coverage.wanted);
    return this.#others === undefined ? rows : [...rows, this.#others.row(undefined)];
  }

  #of(tenant: string): TenantCount {
    // A miss of several tenants has no name.
    const known = tenant === '' ? this.#others : this.#tenants.get(tenant);
    if (known !== undefined) return known;
    if (tenant === '' || this.#tenants.size >= this.#max) {
      this.#others ??= new TenantCount();
      return this.#others;
    }
    const count = new TenantCount();
    this.#tenants.set(tenant, count);
    return count;
  }
}
