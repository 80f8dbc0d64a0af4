import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBudget } from '../../../src/shadow/budget/budget.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

interface Run {
  readonly tenant: string;
  readonly at: number;
}

const limit = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const tenant = fc.constantFrom('acme', 'beta', 'gamma');
const steps = fc.array(
  fc.record({
    tenant,
    waitMs: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(4_999, 5_000, 59_999, 60_000, 60_001) },
    ),
  }),
  { minLength: 1, maxLength: 120 },
);

/** The most runs of any window of 60 seconds. */
const mostInAMinute = (runs: readonly Run[]): number =>
  Math.max(
    0,
    ...runs.map(({ at }, first) => runs.slice(first).filter((run) => run.at - at < 60_000).length),
  );

describe('a budget', () => {
  it('never lets more runs through than it says in any 60 seconds, in all and of a tenant', async () => {
    await fc.assert(
      fc.asyncProperty(limit, limit, steps, async (all, each, calls) => {
        const clock = fakeClock();
        const limits = (runsPerMinute: number | undefined) =>
          runsPerMinute === undefined ? {} : { runsPerMinute };
        const budget = toBudget({ ...limits(all), perTenant: limits(each) }, clock);
        const runs: Run[] = [];
        for (const { tenant: of, waitMs } of calls) {
          await clock.advance(waitMs);
          if (budget.take(of) === undefined) runs.push({ tenant: of, at: clock.monotonic() });
        }
        if (all !== undefined) expect(mostInAMinute(runs)).toBeLessThanOrEqual(all);
        if (each === undefined) return;
        for (const name of ['acme', 'beta', 'gamma']) {
          const own = runs.filter((run) => run.tenant === name);
          expect(mostInAMinute(own)).toBeLessThanOrEqual(each);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets as many through as it says, and again within 65 seconds', async () => {
    const clock = fakeClock();
    const budget = toBudget({ runsPerMinute: 7 }, clock);
    for (let minute = 0; minute < 4; minute += 1) {
      const taken = Array.from({ length: 10 }, () => budget.take('acme'));
      expect(taken.filter((answer) => answer === undefined)).toHaveLength(7);
      await clock.advance(65_000);
    }
  });

  it('never begins a run when the day’s tokens are used, and overdraws by what runs under way did not foresee alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tenant, tokens: fc.integer({ min: 1, max: 400 }) })),
        (calls) => {
          const budget = toBudget({ tokensPerDay: 1_000 }, fakeClock());
          let used = 0;
          for (const { tenant: of, tokens } of calls) {
            const answer = budget.take(of);
            expect(answer).toBe(used < 1_000 ? undefined : 'all');
            if (answer !== undefined) continue;
            used += tokens;
            budget.spend(of, tokens);
            budget.release?.(of);
          }
          expect(used).toBeLessThan(1_400);
        },
      ),
    );
  });

  it('is not spent for years by a clock that was years ahead for a moment', () => {
    const clock = { ...fakeClock(), now: () => at };
    const [today, year] = [Date.UTC(2026, 0, 1, 12), 365 * 86_400_000];
    let at = today;
    const budget = toBudget({ tokensPerDay: 10 }, clock);
    for (const moment of [today, today + 9 * year, today, today + 86_400_000]) {
      at = moment;
      expect(budget.take('acme')).toBeUndefined();
      budget.spend('acme', 10);
      budget.release?.('acme');
      expect(budget.take('acme')).toBe('all');
    }
  });

  it('does not give a day twice when the clock is set back over midnight', () => {
    let now = Date.UTC(2026, 0, 2, 0, 0, 1);
    const budget = toBudget({ tokensPerDay: 10 }, { ...fakeClock(), now: () => now });
    budget.take('acme');
    budget.spend('acme', 10);
    budget.release?.('acme');
    now -= 5_000;
    expect(budget.take('acme')).toBe('all');
    now += 5_000;
    expect(budget.take('acme')).toBe('all');
    now += 86_400_000;
    expect(budget.take('acme')).toBeUndefined();
  });

  it('keeps 10,000 tenants in mind, forgets who was idle longest, and holds its bounds in all', () => {
    const budget = toBudget({ tokensPerDay: 20_000, perTenant: { tokensPerDay: 1 } }, fakeClock());
    const use = (of: string): boolean => {
      if (budget.take(of) !== undefined) return false;
      budget.spend(of, 1);
      budget.release?.(of);
      return true;
    };
    for (let of = 0; of < 10_000; of += 1) expect(use(`t-${of}`)).toBe(true);
    expect(use('t-0')).toBe(false); // used last now
    expect(use('new')).toBe(true);
    expect(use('t-0')).toBe(false);
    expect(use('t-1')).toBe(true); // forgotten for the new one
    let more = 0;
    for (let of = 0; of < 20_000; of += 1) more += use(`u-${of}`) ? 1 : 0;
    expect(10_002 + more).toBe(20_000);
  });
});
