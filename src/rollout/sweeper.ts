import type { Store } from '../core/contracts/store.ts';
import type { Clock } from '../core/time/clock.ts';

/** What is swept, and what is kept. */
export interface SweeperSetting {
  readonly store: Store;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds; `Infinity`: for ever. */
  readonly keepPairsMs: number;
  readonly keepCountsMs: number;
  readonly contained: (error: unknown) => void;
}

/** Milliseconds between two sweeps that have found no more. */
const everyMs = 3_600_000;

/** Pieces of each kind in one look of the leader. */
const mostPieces = 10;

/** Deletes pairs and counts that are older than they are kept, piece by piece. */
export class Sweeper {
  readonly #setting: SweeperSetting;
  /** On the monotonic clock. */
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(setting: SweeperSetting) {
    this.#setting = setting;
  }

  /** Sweeps if it is time to; what is left after so many pieces is for the next look. Never rejects. */
  async sweep(): Promise<void> {
    const { clock, keepPairsMs, keepCountsMs, contained } = this.#setting;
    if (clock.monotonic() < this.#dueAt) return;
    try {
      const pairsDone = await this.#sweep('pairs', keepPairsMs);
      const daysDone = await this.#sweep('days', keepCountsMs);
      if (pairsDone && daysDone) this.#dueAt = clock.monotonic() + everyMs;
    } catch (error) {
      contained(error);
    }
  }

  /** Whether there is no more. */
  async #sweep(what: 'pairs' | 'days', keepMs: number): Promise<boolean> {
    const { store, now } = this.#setting;
    const before = now() - keepMs;
    if (store.sweep === undefined || !(before > 0)) return true;
    for (let piece = 0; piece < mostPieces; piece += 1) {
      if ((await store.sweep(what, before)) === 0) return true;
    }
    return false;
  }
}
