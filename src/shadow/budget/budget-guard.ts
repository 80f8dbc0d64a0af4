import { disregard } from '../../core/attempt.ts';
import type { Budget } from '../../core/contracts/budget.ts';
import { CutoverError } from '../../core/errors.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Warn } from '../lane/loss.ts';
import { boundsTokens } from './budget.ts';

/** Owners whose loss is kept in mind; one that is forgotten is told of again. */
const mostOwners = 10_000;

/** Runs that answer without a word of their tokens before that is told of: the first ones may tell late. */
const blindRuns = 20;

const answers: ReadonlySet<unknown> = new Set([undefined, 'all', 'tenant']);

const noAnswer =
  "The budget's take() must give undefined for a run that may be made, else whose budget is spent: 'all' or 'tenant', at once.";

/** A tenant's name is never empty. */
const everybody = '';

/** What a budget guard is made of. */
export interface BudgetGuardSetup {
  readonly budget: Budget;
  readonly reporter: Reporter;
  readonly warn: Warn;
}

/** Asks a budget, contains what it throws, and tells twice of one that is spent: when it is, and when it is not any more. */
export class BudgetGuard {
  readonly #budget: Budget;
  readonly #reporter: Reporter;
  readonly #warn: Warn;
  /** Runs that were refused since the budget was spent, by its owner. */
  readonly #refused = new Map<string, number>();
  /** Runs that may still answer before one has told its tokens; not counted where no tokens are bounded. */
  #blindRuns: number;

  constructor({ budget, reporter, warn }: BudgetGuardSetup) {
    this.#budget = budget;
    this.#reporter = reporter;
    this.#warn = warn;
    this.#blindRuns = boundsTokens(budget) ? blindRuns : Number.POSITIVE_INFINITY;
  }

  /** Takes one run of a tenant. A budget that cannot tell gives none: it is there to keep cost bounded. */
  take(tenant: string): boolean {
    let owner: unknown = 'all';
    try {
      owner = this.#budget.take(tenant);
      if (!answers.has(owner)) throw new CutoverError('ERR_CUTOVER_CONTAINED', noAnswer);
    } catch (error) {
      this.#reporter.contained('budget', error, { tenant });
    }
    if (owner !== undefined) {
      disregard(owner);
      this.#spent(owner === 'tenant' ? tenant : everybody);
      return false;
    }
    if (this.#refused.size > 0) for (const key of [everybody, tenant]) this.#recovered(key);
    return true;
  }

  spend(tenant: string, tokens: number): void {
    this.#contain(tenant, () => this.#budget.spend(tenant, tokens));
  }

  release(tenant: string): void {
    this.#contain(tenant, () => this.#budget.release?.(tenant));
  }

  /** A run has told its tokens, be they none, or has answered without a word of them. One that failed may have used none. */
  heard(hasTokens: boolean): void {
    this.#blindRuns = hasTokens ? Number.POSITIVE_INFINITY : this.#blindRuns - 1;
    if (this.#blindRuns !== 0) return;
    this.#warn(
      'CUTOVER_BUDGET_BLIND',
      `The shadow's budget bounds tokens, and none of ${blindRuns} mirrored runs has told any: have the leg that is mirrored call context.report({ usage: { inputTokens, outputTokens } }).`,
    );
  }

  #contain(tenant: string, run: () => unknown): void {
    try {
      disregard(run());
    } catch (error) {
      this.#reporter.contained('budget', error, { tenant });
    }
  }

  #spent(owner: string): void {
    const refused = this.#refused.get(owner) ?? 0;
    this.#refused.set(owner, refused + 1);
    if (refused > 0) return;
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostOwners) this.#refused.delete(oldest as string);
    this.#warn(
      'CUTOVER_BUDGET_SPENT',
      `The shadow's budget ${ofOwner(owner)} is spent: mirrored runs are skipped and counted.`,
    );
    this.#tell(owner, 'spent');
  }

  #recovered(owner: string): void {
    const refused = this.#refused.get(owner);
    if (refused === undefined) return;
    this.#refused.delete(owner);
    this.#warn(
      'CUTOVER_BUDGET_RECOVERED',
      `The shadow's budget ${ofOwner(owner)} has room again; ${refused} mirrored runs were skipped.`,
    );
    this.#tell(owner, 'resumed');
  }

  #tell(owner: string, state: 'spent' | 'resumed'): void {
    if (!this.#reporter.wants('delivery')) return;
    const whose = owner === everybody ? {} : { tenant: owner };
    this.#reporter.emit('delivery', { lane: 'mirror', state, ...whose });
  }
}

const ofOwner = (owner: string): string => (owner === everybody ? 'in all' : 'of a tenant');
