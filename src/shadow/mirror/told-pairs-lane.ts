import type { LaneStats, SkipReason } from '../../core/contracts/counts.ts';
import type { MirrorableExchange } from '../../core/contracts/exchange.ts';
import type { Drained, OwnedLane } from '../../core/contracts/lane.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { DropMemory } from './drop-memory.ts';
import type { PairOutlet } from './pair-outlet.ts';

type Lane = OwnedLane<MirrorableExchange>;

/** What a lane that tells its pairs is made of. */
export interface ToldPairsLaneSetup {
  readonly lane: Lane;
  readonly drops: DropMemory;
  readonly outlet: PairOutlet;
  readonly clock: Clock;
}

/** A mirror lane whose every exchange is a pair or a miss in the end, and whose flush and close are its sink's, too. */
export class ToldPairsLane implements OwnedLane<MirrorableExchange> {
  readonly #lane: Lane;
  readonly #drops: DropMemory;
  readonly #outlet: PairOutlet;
  readonly #clock: Clock;
  #closing: Promise<Drained> | undefined;
  /** When the end is due, on the monotonic clock; whoever closes again may bring it forward. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor({ lane, drops, outlet, clock }: ToldPairsLaneSetup) {
    this.#lane = lane;
    this.#drops = drops;
    this.#outlet = outlet;
    this.#clock = clock;
  }

  offer(exchange: MirrorableExchange): boolean {
    const outer = this.#drops.forget();
    const isTaken = this.#lane.offer(exchange);
    const reason = this.#drops.recall(outer);
    // What could not even be looked at is not dropped but skipped.
    if (!isTaken) this.#outlet.missed(exchange, reason ?? 'unreadable');
    return isTaken;
  }

  skip(reason: SkipReason, exchange?: MirrorableExchange): void {
    this.#lane.skip(reason, exchange);
    if (exchange !== undefined) this.#outlet.missed(exchange, reason);
  }

  stats(): LaneStats {
    return this.#lane.stats();
  }

  async flush(timeoutMs: number): Promise<Drained> {
    const dueAt = this.#clock.monotonic() + timeoutMs;
    const { counts, drained } = await this.#lane.flush(timeoutMs);
    const isKept = await this.#outlet.flush(this.#until(dueAt));
    return { counts, drained: drained && isKept };
  }

  close(timeoutMs: number): Promise<Drained> {
    this.#dueAt = Math.min(this.#dueAt, this.#clock.monotonic() + timeoutMs);
    const closing = this.#lane.close(timeoutMs);
    this.#closing ??= this.#close(closing);
    this.#outlet.hurry(timeoutMs);
    return this.#closing;
  }

  async #close(closing: Promise<Drained>): Promise<Drained> {
    const { counts, drained } = await closing;
    const isKept = await this.#outlet.close(this.#until(this.#dueAt));
    return { counts, drained: drained && isKept };
  }

  #until(dueAt: number): number {
    return Math.max(0, dueAt - this.#clock.monotonic());
  }
}
