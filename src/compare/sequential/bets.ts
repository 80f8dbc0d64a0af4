import { logMeanExp } from './log-mean-exp.ts';
import type { PairedCounts } from './paired-counts.ts';

/** Shares of the largest bet that are betted, with equal weights. The power of the test depends on them. */
const grid = [0.05, 0.1, 0.2, 0.4, 0.8] as const;

/** What one bet wins or loses by a pair of each kind, in logarithms. */
type Stakes = Readonly<PairedCounts>;

/**
 * A test martingale by betting (Waudby-Smith and Ramdas, JRSS-B 2023): bets that a hypothesis is wrong, which nobody who holds
 * it can expect to win by, at whatever moment they stop (Ville 1939). All it has to know of the past are three counts.
 */
export class Bets {
  /** The logarithm of 1/alpha: evidence from here on decides. */
  readonly enough: number;
  readonly #stakes: readonly Stakes[];

  private constructor(alpha: number, gains: PairedCounts, largest: number) {
    this.enough = -Math.log(alpha);
    this.#stakes = grid.map((share) => ({
      worse: Math.log1p(share * largest * gains.worse),
      same: Math.log1p(share * largest * gains.same),
      better: Math.log1p(share * largest * gains.better),
    }));
  }

  /** Against "the candidate is worse by `harm` at most". */
  static onHarm(alpha: number, harm: number): Bets {
    return new Bets(alpha, { worse: 1 - harm, same: -harm, better: -1 - harm }, 1 / (1 + harm));
  }

  /** Against "the candidate is worse by `margin` at least". */
  static onNoHarm(alpha: number, margin: number): Bets {
    return new Bets(
      alpha,
      { worse: margin - 1, same: margin, better: margin + 1 },
      1 / (1 - margin),
    );
  }

  /** The logarithm of the e-value. */
  logEvidence(counts: PairedCounts): number {
    return logMeanExp(this.#wealth(counts));
  }

  /** What the evidence is at most: a mean is at most its largest part. */
  mostEvidence(counts: PairedCounts): number {
    let most = Number.NEGATIVE_INFINITY;
    for (const stake of this.#stakes) most = Math.max(most, won(stake, counts));
    return most;
  }

  /** Whether the evidence decides now. */
  decides(counts: PairedCounts): boolean {
    // In nearly all looks it is not enough.
    return this.mostEvidence(counts) >= this.enough && this.logEvidence(counts) >= this.enough;
  }

  /**
   * Pairs that are still needed if what was seen goes on as it was, about; undefined: it never decides so. Half a pair of each
   * kind is added to what was seen, so that few pairs promise little.
   */
  pairsNeeded(counts: PairedCounts): number | undefined {
    const { worse, same, better } = counts;
    const all = worse + same + better + 1.5;
    const rates = {
      worse: (worse + 0.5) / all,
      same: (same + 0.5) / all,
      better: (better + 0.5) / all,
    };
    const growth = this.#wealth(rates);
    const now = this.#wealth(counts);
    const after = (pairs: number): number =>
      logMeanExp(now.map((wealth, i) => wealth + pairs * (growth[i] ?? 0)));
    if (after(0) >= this.enough) return 0;
    if (Math.max(...growth) <= 0) return undefined;
    return firstWhere((pairs) => after(pairs) >= this.enough);
  }

  #wealth(counts: PairedCounts): number[] {
    return this.#stakes.map((stake) => won(stake, counts));
  }
}

function won(stake: Stakes, { worse, same, better }: PairedCounts): number {
  return worse * stake.worse + same * stake.same + better * stake.better;
}

/** More pairs than anybody waits for. */
const tooMany = 2 ** 40;

/** The first whole number from which on something holds; undefined if that is beyond all measure. */
function firstWhere(holds: (value: number) => boolean): number | undefined {
  let high = 1;
  while (!holds(high)) {
    high *= 2;
    if (high > tooMany) return undefined;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
