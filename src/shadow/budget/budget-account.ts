import type { BudgetLimits } from '../../core/contracts/budget.ts';
import { BudgetDay } from '../../core/time/budget-day.ts';
import type { Clock } from '../../core/time/clock.ts';
import { BudgetWindow } from './budget-window.ts';

/** How much of the mean one more run is. */
const meanWeight = 1 / 8;

/** What one owner of a budget has used of it. */
export class BudgetAccount {
  readonly #limits: BudgetLimits;
  readonly #clock: Clock;
  readonly #window: BudgetWindow | undefined;
  readonly #day = new BudgetDay();
  #tokens = 0;
  #runsUnderWay = 0;
  /** Of the tokens that runs have told of. */
  #mean = 0;

  constructor(limits: BudgetLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#window = limits.runsPerMinute === undefined ? undefined : new BudgetWindow();
  }

  get hasRoom(): boolean {
    const { tokensPerDay = Number.POSITIVE_INFINITY, runsPerMinute = Number.POSITIVE_INFINITY } =
      this.#limits;
    this.#turnDay();
    if (this.#tokens + this.#runsUnderWay * this.#mean >= tokensPerDay) return false;
    return (this.#window?.count(this.#clock.monotonic()) ?? 0) < runsPerMinute;
  }

  take(): void {
    this.#runsUnderWay += 1;
    this.#window?.add(this.#clock.monotonic());
  }

  spend(tokens: number): void {
    this.#turnDay();
    this.#tokens += tokens;
    this.#mean += this.#mean === 0 ? tokens : (tokens - this.#mean) * meanWeight;
  }

  /** An account that was forgotten and opened again may be told of runs that it has not seen begin. */
  release(): void {
    this.#runsUnderWay = Math.max(0, this.#runsUnderWay - 1);
  }

  #turnDay(): void {
    if (this.#day.hasTurned(this.#clock.now())) this.#tokens = 0;
  }
}
