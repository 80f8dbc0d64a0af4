import type { Exchange } from '../core/exchange.ts';
import type { PairRecord } from '../core/pair-record.ts';
import type { MissedPairs, MissReason } from '../core/pair-sink.ts';

/** Sums that are kept apart; beyond them tenants share one that has no name. */
const mostSums = 10_000;

/** What is counted of an exchange. */
export type Missable = Pick<Exchange, 'route' | 'tenant' | 'stage'> & Pick<PairRecord, 'kind'>;

type Sum = { -readonly [K in keyof Omit<MissedPairs, 'at'>]: MissedPairs[K] };

/** Sums of what has no pair, by route, tenant, stage, kind and reason. */
export class MissedTable {
  readonly #sums = new Map<string, Sum[]>();
  size = 0;

  get isHalfFull(): boolean {
    return this.size >= mostSums / 2;
  }

  count({ route, tenant, stage, kind }: Missable, why: MissReason): void {
    const sums = this.#sumsOf(tenant);
    for (const sum of sums) {
      if (sum.why === why && sum.kind === kind && sum.stage === stage && sum.route === route) {
        sum.count += 1;
        return;
      }
    }
    sums.push({ kind, route, tenant: this.#nameOf(tenant), stage, why, count: 1 });
    this.size += 1;
  }

  /** Takes out the sums of the tenant that was first. */
  shift(): readonly Sum[] {
    for (const [tenant, sums] of this.#sums) {
      this.#sums.delete(tenant);
      this.size -= sums.length;
      return sums;
    }
    return [];
  }

  #sumsOf(tenant: string): Sum[] {
    const name = this.#nameOf(tenant);
    let sums = this.#sums.get(name);
    if (sums === undefined) {
      sums = [];
      this.#sums.set(name, sums);
    }
    return sums;
  }

  #nameOf(tenant: string): string {
    return this.size < mostSums || this.#sums.has(tenant) ? tenant : '';
  }
}
