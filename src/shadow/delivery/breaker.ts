import type { Clock } from '../../core/time/clock.ts';
import { type Backoff, fullJitter } from '../../core/time/full-jitter.ts';

/** Failures in a row that open the breaker. */
const threshold = 5;

/** How long it stays open: at least half of what the draw could give at most. */
const openFor: Backoff = { baseMs: 10_000, maxMs: 120_000 };

/** While the probe is out, when to ask again, in milliseconds: it may never come back. */
const askAgainMs = 1000;

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number; readonly openings: number }
  | { readonly kind: 'half-open'; readonly openings: number };

/** What nearly every answer leads to. */
const sound: State = { kind: 'closed', failures: 0 };

/** Stops sending to an address that does not answer, and asks with one task at a time whether it does again. */
export class Breaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  #state: State = sound;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get kind(): State['kind'] {
    return this.#state.kind;
  }

  /** Milliseconds until something may be sent; 0: now. */
  readyInMs(): number {
    if (this.#state.kind === 'closed') return 0;
    if (this.#state.kind === 'half-open') return askAgainMs;
    return Math.max(this.#state.until - this.#clock.monotonic(), 0);
  }

  /** Something is sent. While open it is the probe. */
  sent(): void {
    if (this.#state.kind !== 'open') return;
    this.#state = { kind: 'half-open', openings: this.#state.openings };
  }

  /** It was answered, whatever the answer. True: that closed the breaker. */
  answered(): boolean {
    const wasOpen = this.#state.kind !== 'closed';
    this.#state = sound;
    return wasOpen;
  }

  /** It was not answered. Milliseconds for which that opened the breaker; undefined: it did not. */
  failed(): number | undefined {
    const state = this.#state;
    if (state.kind === 'open') return undefined;
    if (state.kind === 'half-open') return this.#open(state.openings + 1);
    if (state.failures + 1 >= threshold) return this.#open(1);
    this.#state = { kind: 'closed', failures: state.failures + 1 };
    return undefined;
  }

  /** The probe was taken back before it could tell anything. */
  abandoned(): void {
    if (this.#state.kind !== 'half-open') return;
    const { openings } = this.#state;
    this.#state = { kind: 'open', until: this.#clock.monotonic(), openings };
  }

  #open(openings: number): number {
    const mostMs = fullJitter(openFor, openings, () => 1);
    const forMs = (mostMs + fullJitter(openFor, openings, this.#random)) / 2;
    this.#state = { kind: 'open', until: this.#clock.monotonic() + forMs, openings };
    return forMs;
  }
}
