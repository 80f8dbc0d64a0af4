import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs, PairSink } from '../core/contracts/pair-sink.ts';
import { withoutText } from '../core/contracts/without-text.ts';
import { check, issuesOf, refuse } from '../core/option-checks.ts';
import { retainedSize } from '../core/retained-size.ts';
import { type Clock, longestTimerMs, systemClock, type TimerHandle } from '../core/time/clock.ts';
import { MissSums } from './miss-sums.ts';
import { type PairTextOptions, redactorOf, textChecks } from './pair-text.ts';
import { Ring } from './ring.ts';

/** How many pairs are kept in memory, and what of them. */
export interface MemoryPairsOptions {
  /** Pairs, and sums of misses, that are kept; the oldest go first. @default 10_000 */
  maxCount?: number | undefined;
  /** Present: the words of both replies are kept, too, for a time. @default metrics and hashes alone */
  text?: PairTextOptions | undefined;
  /** Bytes of words that are kept; beyond them the oldest pairs lose theirs. @default 67_108_864 (64 MiB) */
  maxTextBytes?: number | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/** Pairs in memory, the oldest first. */
export interface MemoryPairs extends PairSink, Iterable<PairRecord> {
  /** Pairs that had to go for newer ones. */
  readonly evicted: number;
  /** What is kept now; words whose time is over are not among it. */
  pairs(): PairRecord[];
  /** What has no pair, summed up by the hour; as far back as the pairs go. */
  misses(): MissedPairs[];
  /**
   * The same as it is when the reading begins, one pair after the other: `await summarize(pairs.read())` leaves turns of the
   * event loop to others, where `summarize(pairs)` takes it for all of them.
   */
  read(): AsyncIterable<PairRecord> & { misses(): MissedPairs[] };
  /** Forgets a tenant; gives how many pairs it had. */
  erase(tenant: string): number;
}

const checks = {
  maxCount: check.count,
  text: textChecks,
  maxTextBytes: check.count,
  clock: check.clock,
};

class PairMemory implements MemoryPairs {
  readonly redactText: ((text: string) => string) | undefined;
  readonly #pairs: Ring<PairRecord>;
  readonly #misses: MissSums;
  readonly #ttlMs: number | undefined;
  readonly #clock: Clock;
  #evicted = 0;
  readonly #maxTextBytes: number;
  /** The place before which no pair has words. */
  #worded = 0;
  #textBytes = 0;
  #timer: TimerHandle;

  constructor(options: MemoryPairsOptions) {
    const { maxCount = 10_000, maxTextBytes = 64 * 2 ** 20, text, clock = systemClock } = options;
    this.redactText = redactorOf(text);
    this.#pairs = new Ring(maxCount);
    this.#misses = new MissSums(maxCount);
    this.#ttlMs = text?.ttlMs;
    this.#maxTextBytes = maxTextBytes;
    this.#clock = clock;
  }

  get evicted(): number {
    return this.#evicted;
  }

  add(pair: PairRecord): void {
    const kept = this.#ttlMs === undefined ? withoutText(pair) : pair;
    this.#textBytes += bytesOf(kept);
    const gone = this.#pairs.push(kept);
    if (gone !== undefined) {
      this.#textBytes -= bytesOf(gone);
      this.#evicted += 1;
      // A share of what was compared means something only if both sides go equally far back.
      this.#misses.forgetBefore(gone.at);
    }
    if (this.#ttlMs === undefined) return;
    if (this.#timer === undefined || this.#textBytes > this.#maxTextBytes) this.#forgetWords();
  }

  missed(misses: MissedPairs): void {
    this.#misses.add(misses);
  }

  pairs(): PairRecord[] {
    return this.#pairs.values().map((pair) => this.#readable(pair));
  }

  misses(): MissedPairs[] {
    return [...this.#misses];
  }

  read(): ReturnType<MemoryPairs['read']> {
    let begun: MissedPairs[] | undefined;
    return {
      // A share of what was compared means something only if both sides are of the same moment.
      misses: () => begun ?? this.misses(),
      [Symbol.asyncIterator]: () => {
        begun = this.misses();
        return this.#readAll(this.#pairs.values());
      },
    };
  }

  erase(tenant: string): number {
    this.#misses.erase(tenant);
    this.#worded = 0;
    return this.#pairs.keep((pair) => {
      if (pair.tenant === tenant) this.#textBytes -= bytesOf(pair);
      return pair.tenant !== tenant;
    });
  }

  close(): Promise<void> {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    return Promise.resolve();
  }

  *[Symbol.iterator](): Generator<PairRecord, void, undefined> {
    for (const pair of this.#pairs.values()) yield this.#readable(pair);
  }

  /** Of a copy of the references: meanwhile pairs come, go and change their places. */
  async *#readAll(pairs: readonly PairRecord[]): AsyncGenerator<PairRecord, void, undefined> {
    for (const pair of pairs) yield this.#readable(pair);
  }

  #readable(pair: PairRecord): PairRecord {
    return pair.text === undefined || this.#leftMs(pair) > 0 ? pair : withoutText(pair);
  }

  #leftMs({ at }: PairRecord): number {
    return at + (this.#ttlMs ?? 0) - this.#clock.now();
  }

  /** Lets go of words whose time is over or for which there is no room, and comes back for the next ones. */
  #forgetWords(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (let place = Math.max(this.#worded, this.#pairs.first); ; place += 1) {
      this.#worded = place;
      const pair = this.#pairs.at(place);
      if (pair === undefined) return;
      const leftMs = this.#leftMs(pair);
      if (pair.text !== undefined && leftMs > 0 && this.#textBytes <= this.#maxTextBytes) {
        const inMs = Math.min(leftMs, longestTimerMs);
        this.#timer = this.#clock.setTimeout(() => this.#forgetWords(), inMs);
        return;
      }
      this.#textBytes -= bytesOf(pair);
      this.#pairs.replace(place, withoutText(pair));
    }
  }
}

const bytesOf = ({ text }: PairRecord): number => (text === undefined ? 0 : retainedSize(text));

/**
 * Keeps the newest pairs in this process's memory.
 *
 * @example
 * const pairs = memoryPairs({ maxCount: 1_000 });
 * const cutover = createCutover({ flags, pairs });
 * @throws InvalidOptionsError naming everything that is wrong with the options.
 */
export function memoryPairs(options: MemoryPairsOptions = {}): MemoryPairs {
  refuse('memoryPairs()', issuesOf(options, checks));
  return new PairMemory(options);
}
