import type { MissReason } from '../../core/contracts/pair-sink.ts';

/**
 * What became of the exchanges that were to be compared. It balances:
 * `wanted = pairs + sampledOut + skipped + dropped + failed + unaccounted`.
 */
export interface Coverage {
  /** The app's own count where it was given; otherwise pairs and misses. */
  readonly wanted: number;
  /** Those that were compared. */
  readonly pairs: number;
  /** Left out by choice (`sample.mirror`, `sample.noise`). */
  readonly sampledOut: number;
  /** Not taken up: `noKey`, `filtered`, `unsafe`, `unreadable`, `budget`. */
  readonly skipped: number;
  /** No room: `count`, `bytes`, `tenant`, `closed`. */
  readonly dropped: number;
  /** Taken up and not ended: `aborted`, `late`, `failed`. */
  readonly failed: number;
  /** In the app's own count alone; negative: pairs and misses are more than that. */
  readonly unaccounted: number;
  /** Every reason by its name. */
  readonly missed: Readonly<Partial<Record<MissReason, number>>>;
  /** Pairs by what was neither sampled out; 0 to 1, absent without any. */
  readonly share?: number;
}

type Family = 'sampledOut' | 'skipped' | 'dropped' | 'failed';

const families: Readonly<Record<MissReason, Family>> = {
  sampled: 'sampledOut',
  noKey: 'skipped',
  filtered: 'skipped',
  unsafe: 'skipped',
  unreadable: 'skipped',
  budget: 'skipped',
  count: 'dropped',
  bytes: 'dropped',
  tenant: 'dropped',
  closed: 'dropped',
  aborted: 'failed',
  late: 'failed',
  failed: 'failed',
};

const reasons = Object.keys(families) as MissReason[];

/** Counts pairs and misses. */
export class CoverageCount {
  #pairs = 0;
  readonly #missed = new Map<MissReason, number>();

  pair(): void {
    this.#pairs += 1;
  }

  miss(why: MissReason, count: number): void {
    this.#missed.set(why, (this.#missed.get(why) ?? 0) + count);
  }

  coverage(served?: number): Coverage {
    const sums = { sampledOut: 0, skipped: 0, dropped: 0, failed: 0 };
    const missed: Partial<Record<MissReason, number>> = {};
    for (const why of reasons) {
      const count = this.#missed.get(why) ?? 0;
      if (count === 0) continue;
      missed[why] = count;
      sums[families[why]] += count;
    }
    const { sampledOut, skipped, dropped, failed } = sums;
    const known = this.#pairs + sampledOut + skipped + dropped + failed;
    const wanted = served ?? known;
    const due = Math.max(wanted, known) - sampledOut;
    const share = due > 0 ? { share: this.#pairs / due } : {};
    return { wanted, pairs: this.#pairs, ...sums, unaccounted: wanted - known, missed, ...share };
  }
}
