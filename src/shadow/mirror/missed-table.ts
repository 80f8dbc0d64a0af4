import type { Exchange } from '../../core/contracts/exchange.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs, MissReason } from '../../core/contracts/pair-sink.ts';
import { keyCopy } from '../../core/text/text.ts';

/** Sums that are kept apart; beyond them tenants share one that has no name. */
const mostSums = 10_000;

/** Stands for tenants that are not kept apart. */
const nameless = '';

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

  count(what: Missable, why: MissReason): void {
    const { route, tenant, stage, kind } = what;
    const sums = this.#sums.get(tenant);
    if (sums !== undefined) {
      for (const sum of sums) {
        if (sum.why === why && sum.kind === kind && sum.stage === stage && sum.route === route) {
          sum.count += 1;
          return;
        }
      }
    }
    this.#begin(what, why);
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

  #begin({ route, tenant: name, stage, kind }: Missable, why: MissReason): void {
    const tenant = keyCopy(name); // must not keep what the name was cut from
    const isKnown = this.#sums.has(tenant);
    if (!isKnown && this.size >= mostSums && tenant !== nameless) {
      this.count({ route, tenant: nameless, stage, kind }, why);
      return;
    }
    if (!isKnown) this.#sums.set(tenant, []);
    this.#sums.get(tenant)?.push({ kind, route, tenant, stage, why, count: 1 });
    this.size += 1;
  }
}
