/** Bounds of what the shadow may use. */
export interface BudgetLimits {
  /**
   * Tokens that mirrored runs may use in one UTC day, as they tell by `context.report({ usage })`. Runs that are under way
   * count with the mean of those before them. @default no bound
   */
  tokensPerDay?: number | undefined;
  /** Mirrored runs that are let through in any 60 seconds, counted by slots of five seconds. @default no bound */
  runsPerMinute?: number | undefined;
}

/** What the shadow may use in all, and for each tenant. What is beyond it is not run: skipped, counted, said once. */
export interface BudgetOptions extends BudgetLimits {
  /** Bounds of each tenant. 10,000 tenants are kept in mind, the others forgotten, the bounds in all apart. */
  perTenant?: BudgetLimits | undefined;
}

/** Whose budget is spent. */
export type BudgetOwner = 'all' | 'tenant';

/** What the shadow may use, as an app may supply it itself. Called off the users' path; what it throws refuses the run. */
export interface Budget {
  /** Takes one mirrored run of a tenant. Undefined: it may run; else whose budget is spent. */
  take(tenant: string): BudgetOwner | undefined;
  /** Told of the tokens that runs of the tenant have used, possibly after their end. */
  spend(tenant: string, tokens: number): void;
  /** Told once for each run that was taken, when it has ended or was given up. */
  release?(tenant: string): void;
}
