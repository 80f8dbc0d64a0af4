import type { Clock } from '../../core/time/clock.ts';
import { type Backoff, fullJitter } from '../../core/time/full-jitter.ts';
import type { Gate } from '../work.ts';
import { Breaker } from './breaker.ts';
import { Pause } from './pause.ts';
import { RetryBudget } from './retry-budget.ts';

/** The wait after a failure that says nothing about when to come back. */
const afterFailure: Backoff = { baseMs: 1000, maxMs: 30_000 };

/** Tells that delivery stopped or goes on; `forMs` and `mend` where they are known. */
export type TellDelivery = (
  state: 'paused' | 'resumed' | 'quota' | 'forbidden' | 'open' | 'closed',
  forMs?: number,
  mend?: string,
) => void;

/** One address of the service, with all its scopes: what keeps one of them from being reached keeps all. */
export class Address implements Gate {
  readonly limit = Number.POSITIVE_INFINITY;
  readonly retries = new RetryBudget();
  inUse = 0;
  readonly #breaker: Breaker;
  readonly #pause: Pause;
  readonly #random: () => number;
  readonly #tell: TellDelivery;
  #failures = 0;
  #isPaused = false;

  constructor(clock: Clock, random: () => number, tell: TellDelivery) {
    this.#breaker = new Breaker(clock, random);
    this.#pause = new Pause(clock);
    this.#random = random;
    this.#tell = tell;
  }

  readyInMs(): number {
    return Math.max(this.#pause.leftMs, this.#breaker.readyInMs());
  }

  /** Whether what is sent now only asks if the address answers again: the breaker bounds it, no budget need. */
  get isProbing(): boolean {
    return this.#breaker.kind === 'half-open';
  }

  sent(): void {
    this.#breaker.sent();
  }

  answered(): void {
    this.#failures = 0;
    if (this.#breaker.answered()) this.#tell('closed');
  }

  /** Goes on after a pause, if there was one. */
  worked(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#tell('resumed');
  }

  failed(): void {
    this.#failures++;
    const openForMs = this.#breaker.failed();
    if (openForMs !== undefined) this.#tell('open', openForMs);
  }

  abandoned(): void {
    this.#breaker.abandoned();
  }

  /** Sends nothing for as long as the service has asked for. */
  pause(forMs: number): void {
    this.hold(forMs);
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#tell('paused', forMs);
  }

  hold(forMs: number): void {
    this.#pause.hold(forMs);
  }

  backOff(): void {
    this.hold(fullJitter(afterFailure, this.#failures, this.#random));
  }
}
