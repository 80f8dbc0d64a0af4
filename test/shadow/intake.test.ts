import { describe, expect, it } from 'vitest';
import { Intake } from '../../src/shadow/intake.ts';
import type { Task } from '../../src/shadow/task.ts';
import { Account } from '../../src/shadow/tenants.ts';

type Offered = Task<string, string>;

const nameOf = (task: Offered | undefined): unknown => task?.what;

/** An intake, whose offers come a millisecond after each other. */
function setUp() {
  const intake = new Intake<string, string>();
  const accounts = new Map<string, Account<Offered>>();
  const accountOf = (tenant: string): Account<Offered> => {
    const account = accounts.get(tenant) ?? new Account<Offered>(tenant);
    accounts.set(tenant, account);
    return account;
  };
  let now = 0;
  const push = (...names: string[]): void => {
    for (const name of names) intake.push(name, accountOf(name.charAt(0)), name.length, now++);
  };
  const newestOf = (tenant: string): unknown => nameOf(intake.takeNewest(accountOf(tenant)));
  const rest = (): unknown[] => {
    const names: unknown[] = [];
    for (let task = intake.shift(); task !== undefined; task = intake.shift()) {
      names.push(task.what);
    }
    return names;
  };
  return { intake, accountOf, push, newestOf, rest };
}

const numbered = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index}`);

describe('what was offered and not looked at yet', () => {
  it('comes out in the order in which it went in, with its tenant, bytes and time', () => {
    const { intake, accountOf, push } = setUp();
    push('a1', 'b22');
    expect([intake.size, intake.firstAt]).toEqual([2, 0]);
    expect(intake.shift()).toMatchObject({ what: 'a1', account: accountOf('a'), bytes: 2 });
    expect([intake.size, intake.firstAt]).toEqual([1, 1]);
    expect(intake.shift()).toMatchObject({ what: 'b22', account: accountOf('b'), since: 1 });
    expect([intake.size, intake.firstAt]).toEqual([0, Infinity]);
    expect(intake.shift()).toBeUndefined();
  });

  it('gives way from a tenant’s newest backwards, and is out of the order then', () => {
    const { intake, accountOf, push, newestOf, rest } = setUp();
    push('a1', 'b1', 'a2', 'b2', 'a3');
    expect([newestOf('a'), newestOf('a'), newestOf('b')]).toEqual(['a3', 'a2', 'b2']);
    expect(accountOf('a').inIntake).toBe(1);
    expect(intake.size).toBe(2);
    expect(rest()).toEqual(['a1', 'b1']);
    expect([newestOf('a'), newestOf('b'), newestOf('c')]).toEqual(Array(3).fill(undefined));
  });

  it('is never taken of another tenant that has come to the same place', () => {
    const { push, rest, newestOf, intake } = setUp();
    push('a1');
    rest();
    push(...numbered('b', 64));
    expect(newestOf('a')).toBeUndefined();
    expect(intake.size).toBe(64);
  });

  it('is as old as the oldest of what is left', () => {
    const { intake, push, newestOf } = setUp();
    push('a1', 'b1');
    newestOf('a');
    expect(intake.firstAt).toBe(1);
    newestOf('b');
    expect(intake.firstAt).toBe(Infinity);
  });

  it('keeps its order and its tenants however much comes, wherever the ring begins', () => {
    for (const before of [0, 1, 40, 64]) {
      const { push, newestOf, rest, intake } = setUp();
      push(...numbered('x', before));
      rest();
      push(...numbered('a', 50), ...numbered('b', 250));
      expect(intake.size).toBe(300);
      expect([newestOf('a'), newestOf('b')]).toEqual(['a49', 'b249']);
      push('a-last');
      expect([newestOf('a'), newestOf('a')]).toEqual(['a-last', 'a48']);
      expect(rest()).toEqual([...numbered('a', 48), ...numbered('b', 249)]);
    }
  });

  it('uses its places again, and holds on to nothing that went', () => {
    const { push, rest, intake } = setUp();
    for (let round = 0; round < 5; round++) {
      push(...numbered('a', 40));
      expect(rest()).toEqual(numbered('a', 40));
      expect(intake.size).toBe(0);
    }
  });
});
