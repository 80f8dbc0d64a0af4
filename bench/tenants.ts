import { callingAs } from './calling-as.ts';
import { pct50 } from './cases/cutover.ts';
import { idealRouter } from './cases/ideal.ts';
import { idsOf, message } from './cases/legs.ts';
import { retainedBytes } from './collect-garbage.ts';
import { type BenchCase, measureCases, medianRatio } from './measure.ts';

/** What many tenants cost a router that keeps nothing of them. */
export interface TenantFigures {
  /** CPU a call with 10^6 tenants against 10^3. */
  readonly manyTenants: number;
  /** The same of the ideal router: what reading so many ids costs by itself. */
  readonly idealManyTenants: number;
  /** MiB that are still there after a call of each of 10^6 tenants. */
  readonly retainedMiB: number;
  /** CPU a call with 10^4 overrides against none, where half of those who call have one. */
  readonly manyOverrides: number;
  /** The same where none of them has. */
  readonly othersOverrides: number;
}

const few = 1_000;
const many = 1_000_000;
const overridden = 10_000;

async function retainedMiB({ call }: BenchCase, users: readonly string[]): Promise<number> {
  const before = retainedBytes();
  for (const [index, user] of users.entries()) {
    await call(user, message);
    if (index % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return (retainedBytes() - before) / 2 ** 20;
}

/** Stages as they come from a file: with strings of their own, as those of requests are. */
const stagesOf = (users: readonly string[]): Record<string, 'live' | 'off'> =>
  Object.fromEntries(
    users.map((user, index) => [Buffer.from(user).toString(), index % 2 ? 'live' : 'off'] as const),
  );

/** Measures with few and many tenants by turns. */
export async function tenantFigures(rounds: number): Promise<TenantFigures> {
  const users = idsOf(many);
  const fewUsers = users.slice(0, few);
  // Every second one of those who call has a stage of its own.
  const stages = stagesOf(users.filter((_, index) => index % 2 === 1).slice(0, overridden));
  const costs = await measureCases(
    {
      few: callingAs(fewUsers, pct50()),
      many: callingAs(users, pct50()),
      overridden: callingAs(fewUsers, pct50(stages)),
      others: callingAs(fewUsers, pct50(stagesOf(users.slice(few, few + overridden)))),
      idealFew: callingAs(fewUsers, idealRouter()),
      idealMany: callingAs(users, idealRouter()),
    },
    { users: fewUsers, message, rounds },
  );
  return {
    manyTenants: medianRatio(costs.many.path, costs.few.path),
    idealManyTenants: medianRatio(costs.idealMany.path, costs.idealFew.path),
    manyOverrides: medianRatio(costs.overridden.path, costs.few.path),
    othersOverrides: medianRatio(costs.others.path, costs.few.path),
    retainedMiB: await retainedMiB(pct50(), users),
  };
}
