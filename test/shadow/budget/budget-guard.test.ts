import { describe, expect, it } from 'vitest';
import type { Budget, BudgetOwner } from '../../../src/core/contracts/budget.ts';
import { BudgetGuard } from '../../../src/shadow/budget/budget-guard.ts';
import { recorder } from '../recorder.ts';

/** A budget that answers as it is told, behind its guard. */
function guarded(own: Partial<Budget> = {}, isHeard = true) {
  const said: { owner: BudgetOwner | undefined } = { owner: undefined };
  const budget: Budget = { take: () => said.owner, spend: () => undefined, ...own };
  const reporter = recorder(isHeard ? ['delivery'] : []);
  const where: unknown[] = [];
  const contained = reporter.contained.bind(reporter);
  reporter.contained = (operation, error, place) => {
    where.push(place);
    contained(operation, error, place);
  };
  const warnings: string[] = [];
  const warn = (code: string, message: string) => void warnings.push(`${code}: ${message}`);
  return { said, reporter, where, warnings, guard: new BudgetGuard({ budget, reporter, warn }) };
}

const spent = (of: string): string =>
  `CUTOVER_BUDGET_SPENT: The shadow's budget ${of} is spent: mirrored runs are skipped and counted.`;
const recovered = (of: string, runs: number): string =>
  `CUTOVER_BUDGET_RECOVERED: The shadow's budget ${of} has room again; ${runs} mirrored runs were skipped.`;

describe('a budget that is spent', () => {
  it('is told once, and once when there is room again, with what was skipped', () => {
    const { said, guard, warnings, reporter } = guarded();
    expect(guard.take('acme')).toBe(true);
    said.owner = 'all';
    for (const tenant of ['acme', 'globex', 'acme']) expect(guard.take(tenant)).toBe(false);
    said.owner = undefined;
    for (const tenant of ['globex', 'acme']) expect(guard.take(tenant)).toBe(true);
    expect(warnings).toEqual([spent('in all'), recovered('in all', 3)]);
    expect(reporter.of('delivery')).toEqual([
      { type: 'delivery', lane: 'mirror', state: 'spent' },
      { type: 'delivery', lane: 'mirror', state: 'resumed' },
    ]);
    said.owner = 'all';
    guard.take('acme');
    expect(warnings).toHaveLength(3);
  });

  it('of one tenant is told by its name, and is over when that tenant has room', () => {
    const { said, guard, warnings, reporter } = guarded();
    said.owner = 'tenant';
    guard.take('acme');
    guard.take('globex');
    said.owner = undefined;
    guard.take('acme');
    expect(warnings).toEqual([
      spent('of a tenant'),
      spent('of a tenant'),
      recovered('of a tenant', 1),
    ]);
    expect(reporter.of('delivery').map((event) => ({ ...event }))).toEqual([
      { type: 'delivery', lane: 'mirror', state: 'spent', tenant: 'acme' },
      { type: 'delivery', lane: 'mirror', state: 'spent', tenant: 'globex' },
      { type: 'delivery', lane: 'mirror', state: 'resumed', tenant: 'acme' },
    ]);
  });

  it('is an event for those alone who listen', () => {
    const { said, guard, warnings, reporter } = guarded({}, false);
    said.owner = 'all';
    guard.take('acme');
    expect([warnings.length, reporter.events]).toEqual([1, []]);
  });

  it('is told again of a tenant that was forgotten for ten thousand others', () => {
    const { said, guard, warnings } = guarded();
    said.owner = 'tenant';
    for (let n = 0; n <= 10_000; n += 1) guard.take(`t${n}`);
    const before = warnings.length;
    expect(before).toBe(10_001);
    guard.take('t1');
    expect(warnings).toHaveLength(before);
    guard.take('t0');
    expect(warnings).toHaveLength(before + 1);
  });
});

describe('a budget of the app', () => {
  const raise = (): never => {
    throw new Error('no books');
  };

  it('that throws gives no run, and is told where', () => {
    const { guard, reporter, where, warnings } = guarded({ take: raise });
    expect(guard.take('acme')).toBe(false);
    expect(reporter.failures.map(({ operation }) => operation)).toEqual(['budget']);
    expect(where).toEqual([{ tenant: 'acme' }]);
    expect(warnings).toEqual([spent('in all')]);
  });

  it('that answers with a promise gives no run, even if that rejects', async () => {
    const { guard, warnings } = guarded({ take: (async () => raise()) as never });
    expect(guard.take('acme')).toBe(false);
    expect(warnings).toEqual([spent('in all')]);
    await Promise.resolve();
  });

  it.each([true, false, null, 'acme', Promise.resolve()])(
    'that answers %j gives no run, and is told what it must answer',
    (answer) => {
      const { guard, reporter } = guarded({ take: () => answer as never });
      expect(guard.take('acme')).toBe(false);
      expect(reporter.failures).toMatchObject([
        {
          operation: 'budget',
          error: {
            code: 'ERR_CUTOVER_CONTAINED',
            message: expect.stringContaining('must give undefined'),
          },
        },
      ]);
    },
  );

  it('is told of tokens and ends, and keeps nobody from anything when it throws', () => {
    const told: unknown[] = [];
    const spend = (...facts: unknown[]) => void told.push(['spend', ...facts]);
    const release = (...facts: unknown[]) => void told.push(['release', ...facts]);
    const { guard } = guarded({ spend, release });
    guard.spend('acme', 7);
    guard.release('acme');
    expect(told).toEqual([
      ['spend', 'acme', 7],
      ['release', 'acme'],
    ]);
    const { guard: broken, reporter, where } = guarded({ spend: raise, release: raise });
    broken.spend('acme', 7);
    broken.release('globex');
    expect(reporter.failures.map(({ operation }) => operation)).toEqual(['budget', 'budget']);
    expect(where).toEqual([{ tenant: 'acme' }, { tenant: 'globex' }]);
    const { guard: without, reporter: quiet } = guarded();
    without.release('acme');
    expect(quiet.failures).toEqual([]);
  });
});
