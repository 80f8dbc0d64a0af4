import { describe, expect, it } from 'vitest';
import type { BudgetLimits } from '../../../src/core/contracts/budget.ts';
import { budgetIssues, toBudget } from '../../../src/shadow/budget/budget.ts';
import { BudgetAccount } from '../../../src/shadow/budget/budget-account.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

const dayMs = 86_400_000;

function accountOf(limits: BudgetLimits) {
  const clock = fakeClock();
  return { clock, account: new BudgetAccount(limits, clock) };
}

describe('what one owner of a budget has used of it', () => {
  it('leaves room to the last token of the day', async () => {
    const { clock, account } = accountOf({ tokensPerDay: 100 });
    account.spend(99);
    expect(account.hasRoom).toBe(true);
    account.spend(1);
    expect(account.hasRoom).toBe(false);
    await clock.advance(dayMs - 1);
    expect(account.hasRoom).toBe(false);
    await clock.advance(1);
    expect(account.hasRoom).toBe(true);
  });

  it('is of the day on which it is told', async () => {
    const { clock, account } = accountOf({ tokensPerDay: 100 });
    account.spend(99);
    await clock.advance(dayMs);
    account.spend(99);
    expect(account.hasRoom).toBe(true);
  });

  it('counts each run under way as the mean of those before, an eighth of which is the latest', () => {
    for (const [tokensPerDay, hasRoom] of [
      [110, false],
      [111, true],
    ] as const) {
      const { account } = accountOf({ tokensPerDay });
      for (const tokens of [40, 0]) account.spend(tokens);
      for (let run = 0; run < 2; run += 1) account.take();
      expect(account.hasRoom).toBe(hasRoom);
      account.release();
      expect(account.hasRoom).toBe(true);
    }
  });

  it('has no fewer than no runs under way, whatever was released', () => {
    const { account } = accountOf({ tokensPerDay: 100 });
    account.spend(50);
    account.release();
    account.take();
    expect(account.hasRoom).toBe(false);
  });

  it('leaves room for as many runs a minute as there may be', async () => {
    const { clock, account } = accountOf({ runsPerMinute: 2 });
    account.take();
    expect(account.hasRoom).toBe(true);
    account.take();
    expect(account.hasRoom).toBe(false);
    for (let run = 0; run < 2; run += 1) account.release();
    expect(account.hasRoom).toBe(false);
    await clock.advance(65_000);
    expect(account.hasRoom).toBe(true);
  });
});

describe('the budget of many tenants', () => {
  const mostTenants = 10_000;

  it('keeps in mind those that were busy the latest', () => {
    const budget = toBudget({ perTenant: { runsPerMinute: 1 } }, fakeClock());
    for (let n = 0; n < mostTenants; n += 1) expect(budget.take(`t${n}`)).toBeUndefined();
    expect(budget.take('t0')).toBe('tenant');
    expect(budget.take('one more')).toBeUndefined();
    expect(budget.take('t0')).toBe('tenant');
    expect(budget.take('t1')).toBeUndefined();
    expect(budget.take('t3')).toBe('tenant');
  });

  it('charges nobody for a run that the tenant has no room for', () => {
    const budget = toBudget({ runsPerMinute: 3, perTenant: { runsPerMinute: 1 } }, fakeClock());
    const takes = ['a', 'a', 'a', 'b', 'c', 'd'].map((tenant) => budget.take(tenant));
    expect(takes).toEqual([undefined, 'tenant', 'tenant', undefined, undefined, 'all']);
  });

  it('counts the tokens of each tenant and of all', () => {
    const budget = toBudget({ tokensPerDay: 100, perTenant: { tokensPerDay: 60 } }, fakeClock());
    budget.spend('a', 60);
    expect([budget.take('a'), budget.take('b')]).toEqual(['tenant', undefined]);
    budget.release?.('b');
    budget.spend('b', 40);
    expect(budget.take('c')).toBe('all');
  });
});

describe('what is wrong with a budget', () => {
  it('is nothing in one of the app’s own, nor where there is none', () => {
    const own = { take: () => undefined, spend: () => undefined };
    for (const budget of [own, undefined, null, 'much']) {
      expect(budgetIssues(budget, 'shadow.budget.')).toEqual([]);
    }
    expect(toBudget(own, fakeClock())).toBe(own);
  });

  it('is told under its place', () => {
    const wrong = { tokensPerDay: 0, perTenant: { runsPerMinute: 1.5 } };
    expect(budgetIssues(wrong, 'shadow.budget.')).toEqual([
      expect.stringContaining('shadow.budget.tokensPerDay must be a whole number above 0'),
      expect.stringContaining('shadow.budget.perTenant.runsPerMinute must be'),
    ]);
    const half = { take: () => undefined };
    expect(budgetIssues(half, 'shadow.budget.')).toHaveLength(1);
  });
});
