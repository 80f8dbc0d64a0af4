import type { PairBatch } from '../../core/contracts/evidence-store.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs, PairSink } from '../../core/contracts/pair-sink.ts';
import type { Store } from '../../core/contracts/store.ts';
import { withoutText } from '../../core/contracts/without-text.ts';
import type { Stage } from '../../core/stage.ts';
import type { Clock } from '../../core/time/clock.ts';
import { Deliveries } from './deliveries.ts';
import { Overflow } from './overflow.ts';

/** Pairs, and sums of misses, that wait for the store at most; what comes then is counted as missed. */
const mostWaiting = 10_000;
/** Pairs of one batch. */
const batchSize = 500;

/** What pairs are kept by. */
export interface StorePairsSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly everyMs: number;
  /** What evidence belongs to: the step by which its tenant was in this stage. */
  readonly phaseOf: (tenant: string, stage: Stage) => string;
  readonly batchId: () => string;
  readonly contained: (error: unknown) => void;
}

interface Gathered {
  pairs: PairRecord[];
  missed: MissedPairs[];
}

/** Keeps pairs in a store, as evidence of the step in which they were made. */
export class StorePairs implements PairSink {
  readonly #setting: StorePairsSetting;
  readonly #deliveries: Deliveries<PairBatch>;
  readonly #gathered = new Map<string, Gathered>();
  readonly #overflow = new Overflow();
  #waiting = 0;
  #lost = 0;

  constructor(setting: StorePairsSetting) {
    this.#setting = setting;
    this.#deliveries = new Deliveries({
      ...setting,
      take: () => this.#take(),
      send: (batch) => setting.store.addPairs(batch),
    });
  }

  /** Pairs that came while too many waited for the store. */
  get lost(): number {
    return this.#lost;
  }

  add(pair: PairRecord): void {
    if (this.#hasRoom()) {
      // Another sink beside this one may have asked for words; here they would outlive their time.
      this.#of(pair).pairs.push(withoutText(pair));
      return;
    }
    this.#lost += 1;
    const { kind, at, route, tenant, stage } = pair;
    // What is not kept lowers the coverage: it is missing where there was most to do.
    this.#overflow.add({ kind, at, route, tenant, stage, why: 'count', count: 1 });
  }

  missed(misses: MissedPairs): void {
    if (this.#hasRoom()) this.#of(misses).missed.push(misses);
    else this.#overflow.add(misses);
  }

  flush(): Promise<void> {
    return this.#deliveries.flush();
  }

  close(): Promise<void> {
    return this.#deliveries.close();
  }

  #hasRoom(): boolean {
    this.#deliveries.nudge();
    if (this.#waiting >= mostWaiting) return false;
    this.#waiting += 1;
    return true;
  }

  #of({ tenant, stage }: Pick<PairRecord, 'tenant' | 'stage'>): Gathered {
    const phase = this.#setting.phaseOf(tenant, stage);
    let gathered = this.#gathered.get(phase);
    if (gathered === undefined) {
      gathered = { pairs: [], missed: [] };
      this.#gathered.set(phase, gathered);
    }
    return gathered;
  }

  #take(): PairBatch[] {
    for (const misses of this.#overflow.take()) this.#of(misses).missed.push(misses);
    const batches = [...this.#gathered].flatMap(([phase, { pairs, missed }]) => {
      const made: PairBatch[] = [];
      for (let at = 0; at < pairs.length; at += batchSize) {
        const piece = pairs.slice(at, at + batchSize);
        made.push({ id: this.#setting.batchId(), phase, pairs: piece });
      }
      if (missed.length > 0) {
        made.push({ id: this.#setting.batchId(), phase, pairs: [], missed });
      }
      return made;
    });
    this.#gathered.clear();
    this.#waiting = 0;
    return batches;
  }
}
