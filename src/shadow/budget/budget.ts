import type { Budget, BudgetOptions, BudgetOwner } from '../../core/contracts/budget.ts';
import { check, issuesOf, type OptionChecks } from '../../core/option-checks.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { Clock } from '../../core/time/clock.ts';
import { BudgetAccount } from './budget-account.ts';

/** Tenants whose use is kept in mind. */
const mostTenants = 10_000;

const limitChecks: OptionChecks = { tokensPerDay: check.count, runsPerMinute: check.count };

/** What a budget by options may have. */
export const budgetChecks: OptionChecks = { ...limitChecks, perTenant: limitChecks };

const isBudget = (value: object): value is Budget =>
  typeof (value as Partial<Budget>).take === 'function' &&
  typeof (value as Partial<Budget>).spend === 'function';

/** Every issue of the limits of a budget; one that the app supplies itself has none. */
export function budgetIssues(budget: unknown, path: string): string[] {
  if (typeof budget !== 'object' || budget === null || isBudget(budget)) return [];
  return issuesOf(budget, budgetChecks, path);
}

/** Makes the budget that the options describe, or gives the app's own. */
export function toBudget(options: BudgetOptions | Budget, clock: Clock): Budget {
  return isBudget(options) ? options : new LimitedBudget(options, clock);
}

/** Whether a budget bounds tokens, so that it is none where runs tell of no tokens. One of the app's own is the app's. */
export const boundsTokens = (budget: Budget): boolean =>
  budget instanceof LimitedBudget && budget.boundsTokens;

/** A tenant's account, and its name in memory of its own: kept for long, it must not keep what the name was cut from. */
interface Kept {
  readonly name: string;
  readonly account: BudgetAccount;
}

class LimitedBudget implements Budget {
  readonly boundsTokens: boolean;
  readonly #clock: Clock;
  readonly #all: BudgetAccount;
  readonly #perTenant: BudgetOptions['perTenant'];
  /** Whoever was longest idle first. */
  readonly #accounts = new Map<string, Kept>();

  constructor({ perTenant, ...all }: BudgetOptions, clock: Clock) {
    this.#clock = clock;
    this.#all = new BudgetAccount(all, clock);
    this.#perTenant = perTenant;
    this.boundsTokens = (all.tokensPerDay ?? perTenant?.tokensPerDay) !== undefined;
  }

  take(tenant: string): BudgetOwner | undefined {
    if (!this.#all.hasRoom) return 'all';
    const account = this.#accountOf(tenant);
    if (account !== undefined && !account.hasRoom) return 'tenant';
    this.#all.take();
    account?.take();
    return undefined;
  }

  spend(tenant: string, tokens: number): void {
    this.#all.spend(tokens);
    this.#accountOf(tenant)?.spend(tokens);
  }

  release(tenant: string): void {
    this.#all.release();
    this.#accounts.get(tenant)?.account.release();
  }

  #accountOf(tenant: string): BudgetAccount | undefined {
    if (this.#perTenant === undefined) return undefined;
    const known = this.#accounts.get(tenant);
    const account = known?.account ?? new BudgetAccount(this.#perTenant, this.#clock);
    const kept = known ?? { name: keyCopy(tenant), account };
    this.#accounts.delete(tenant);
    this.#accounts.set(kept.name, kept);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > mostTenants) this.#accounts.delete(oldest as string);
    return account;
  }
}
