import { BudgetDay } from '../../core/time/budget-day.ts';
import type { Clock } from '../../core/time/clock.ts';

/** What a judge may spend in a day of UTC. */
export interface JudgeBudgetOptions {
  /** Questions to the model, two a pair, so 2 or more. @default no limit */
  callsPerDay?: number | undefined;
  /** Tokens of all questions and answers; questions under way when they are spent are still answered. @default no limit */
  tokensPerDay?: number | undefined;
}

/** Keeps what a judge has spent today. */
export class JudgeBudget {
  readonly #clock: Clock;
  readonly #mostCalls: number;
  readonly #mostTokens: number;
  readonly #day = new BudgetDay();
  #calls = 0;
  #tokens = 0;

  constructor(clock: Clock, options: JudgeBudgetOptions = {}) {
    this.#clock = clock;
    this.#mostCalls = options.callsPerDay ?? Number.POSITIVE_INFINITY;
    this.#mostTokens = options.tokensPerDay ?? Number.POSITIVE_INFINITY;
  }

  /** Takes a number of calls, all or none. */
  take(calls: number): boolean {
    this.#turnDay();
    if (this.#calls + calls > this.#mostCalls || this.#tokens >= this.#mostTokens) return false;
    this.#calls += calls;
    return true;
  }

  /** Gives back a call that was taken and not made. */
  giveBack(): void {
    this.#turnDay();
    // It may have been yesterday's.
    this.#calls = Math.max(0, this.#calls - 1);
  }

  /** Charges tokens; a negative number corrects what was charged before. */
  charge(tokens: number): void {
    this.#turnDay();
    this.#tokens = Math.max(0, this.#tokens + tokens);
  }

  #turnDay(): void {
    if (!this.#day.hasTurned(this.#clock.now())) return;
    this.#calls = 0;
    this.#tokens = 0;
  }
}
