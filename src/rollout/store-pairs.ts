import type { Clock } from '../core/clock.ts';
import type { PairRecord } from '../core/pair-record.ts';
import type { MissedPairs, PairSink } from '../core/pair-sink.ts';
import type { PairBatch, Store } from '../core/store.ts';
import { Deliveries } from './deliveries.ts';

/** Pairs, and sums of misses, that wait for the store at most; what comes then is counted as lost. */
const mostWaiting = 10_000;
/** Pairs of one batch. */
const batchSize = 500;

/** What pairs are kept by. */
export interface StorePairsSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly everyMs: number;
  /** What evidence belongs to now. */
  readonly phase: () => string;
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
  #waiting = 0;
  #lost = 0;

  constructor(setting: StorePairsSetting) {
    this.#setting = setting;
    this.#deliveries = new Deliveries({
      clock: setting.clock,
      everyMs: setting.everyMs,
      take: () => this.#take(),
      send: (batch) => setting.store.addPairs(batch),
      contained: setting.contained,
    });
  }

  /** Pairs that came while too many waited for the store. */
  get lost(): number {
    return this.#lost;
  }

  add(pair: PairRecord): void {
    if (this.#hasRoom()) this.#now().pairs.push(pair);
  }

  missed(misses: MissedPairs): void {
    if (this.#hasRoom()) this.#now().missed.push(misses);
  }

  flush(): Promise<void> {
    return this.#deliveries.flush();
  }

  close(): Promise<void> {
    return this.#deliveries.close();
  }

  #hasRoom(): boolean {
    if (this.#waiting >= mostWaiting) {
      this.#lost += 1;
      return false;
    }
    this.#waiting += 1;
    this.#deliveries.nudge();
    return true;
  }

  #now(): Gathered {
    const phase = this.#setting.phase();
    let gathered = this.#gathered.get(phase);
    if (gathered === undefined) {
      gathered = { pairs: [], missed: [] };
      this.#gathered.set(phase, gathered);
    }
    return gathered;
  }

  #take(): PairBatch[] {
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
