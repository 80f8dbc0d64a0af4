import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Intake } from '../../../src/shadow/lane/intake.ts';
import type { Task } from '../../../src/shadow/lane/task.ts';
import { Account } from '../../../src/shadow/lane/tenants.ts';
import { bytesInUse } from '../collect-garbage.ts';

type Offered = Task<string, string>;

const nameOf = (task: Offered | undefined): unknown => task?.what;

/** Gives the tenant what came first. */
function sortInto(intake: Intake<string, string>, account: Account<Offered>): void {
  const offered = intake.takeNew();
  if (offered !== undefined) intake.sort(offered, account);
}

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
    for (const name of names) {
      intake.push(name, name.length, now++);
      sortInto(intake, accountOf(name.charAt(0)));
    }
  };
  const newestOf = (tenant: string): unknown => nameOf(intake.takeNewest(accountOf(tenant)));
  const rest = (): unknown[] => {
    const names: unknown[] = [];
    for (let task = intake.shift(); task !== undefined; task = intake.shift()) {
      names.push(task.what);
    }
    return names;
  };
  /** The names of what is too old, as they are told. */
  const expired = (then: number, most = 100): unknown[] => {
    const names: unknown[] = [];
    intake.expire(then, most, (task) => names.push(task.what));
    return names;
  };
  return { intake, accountOf, push, newestOf, rest, expired };
}

const numbered = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index}`);

describe('what was offered and not looked at yet', () => {
  it('comes out tenant by tenant, each in its own order, with its bytes and time', () => {
    const { intake, accountOf, push, rest } = setUp();
    push('a1', 'a2', 'a33', 'b1', 'b2', 'c1');
    expect([intake.size, intake.firstAt]).toEqual([6, 0]);
    expect(intake.shift()).toMatchObject({ what: 'a1', account: accountOf('a'), since: 0 });
    push('d1');
    expect(rest()).toEqual(['b1', 'c1', 'a2', 'd1', 'b2', 'a33']);
    push('a4', 'b22');
    intake.shift();
    expect(intake.shift()).toMatchObject({ what: 'b22', bytes: 3, since: 8 });
    expect([intake.size, intake.firstAt]).toEqual([0, Infinity]);
    expect(intake.shift()).toBeUndefined();
  });

  it('leaves the turn to others while a tenant has nothing, and takes turns again when it has', () => {
    const { push, intake, rest, newestOf } = setUp();
    push('a1', 'b1', 'b2', 'c1');
    expect(newestOf('a')).toBe('a1');
    expect(nameOf(intake.shift())).toBe('b1');
    push('a2', 'a3');
    expect(rest()).toEqual(['c1', 'b2', 'a2', 'a3']);
    push('b3', 'b4', 'c2');
    expect(newestOf('c')).toBe('c2');
    push('c3');
    expect(rest()).toEqual(['b3', 'c3', 'b4']);
  });

  it('gives way from a tenant’s newest backwards, and is out of the order then', () => {
    const { accountOf, intake, push, newestOf, rest } = setUp();
    push('a1', 'b1', 'a2', 'b2', 'a3');
    expect([newestOf('a'), newestOf('a'), newestOf('b')]).toEqual(['a3', 'a2', 'b2']);
    expect(accountOf('a').oldest).toBe(accountOf('a').newest);
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

  it('keeps its order and its tenants however much comes, wherever it begins', () => {
    for (const before of [0, 1, 40, 64]) {
      const { push, newestOf, rest, intake } = setUp();
      push(...numbered('x', before));
      rest();
      push(...numbered('a', 50), ...numbered('b', 250));
      expect(intake.size).toBe(300);
      expect([newestOf('a'), newestOf('b')]).toEqual(['a49', 'b249']);
      push('a-last');
      expect([newestOf('a'), newestOf('a')]).toEqual(['a-last', 'a48']);
      const all = rest();
      const of = (tenant: string) => all.filter((name) => String(name).startsWith(tenant));
      expect([of('a'), of('b')]).toEqual([numbered('a', 48), numbered('b', 249)]);
      expect(all.slice(0, 4)).toEqual(['a0', 'b0', 'a1', 'b1']);
    }
  });

  it('uses its places again, and holds on to nothing that went', async () => {
    const intake = new Intake<object, object>();
    const account = new Account<Task<object, object>>('a');
    const kept: WeakRef<object>[] = [];
    const fillAndEmpty = (): void => {
      for (let item = 0; item < 40; item++) {
        const what = {};
        kept.push(new WeakRef(what));
        intake.push(what, 1, 0);
        const offered = intake.takeNew();
        if (offered !== undefined && item % 2 === 0) intake.sort(offered, account);
        else if (offered !== undefined) intake.giveBack(offered);
      }
      while (intake.shift() !== undefined);
    };
    for (let round = 0; round < 5; round++) fillAndEmpty();
    expect(intake.size).toBe(0);
    // In a turn of its own, as what a turn has looked at is kept to its end.
    await turn();
    bytesInUse();
    expect(kept.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });
});

describe('a tenant of which nothing is left', () => {
  it.each([
    ['was looked at', (intake: Intake<string, string>) => intake.shift()],
    ['gave way', (intake, account) => intake.takeNewest(account)],
    ['was too old', (intake) => intake.expire(0, 1, () => undefined)],
  ] satisfies [string, (intake: Intake<string, string>, account: Account<Offered>) => unknown][])(
    'is not held on to when it %s',
    async (_how, take) => {
      const intake = new Intake<string, string>();
      const other = new Account<Offered>('other');
      const comeAndGo = (): WeakRef<Account<Offered>> => {
        const account = new Account<Offered>('a');
        intake.push('a1', 1, 0);
        sortInto(intake, account);
        intake.push('other', 1, 1);
        sortInto(intake, other);
        take(intake, account);
        return new WeakRef(account);
      };
      const gone = comeAndGo();
      await turn();
      bytesInUse();
      expect([gone.deref(), intake.size]).toEqual([undefined, 1]);
      expect(intake.shift()).toMatchObject({ account: other });
    },
  );
});

describe('what was offered and is too old', () => {
  it('ends, the oldest first, and not before', () => {
    const { intake, push, expired } = setUp();
    push('a1', 'a2', 'b1', 'a3', 'b2');
    expect(expired(-1)).toEqual([]);
    expect(expired(2)).toEqual(['a1', 'a2', 'b1']);
    expect([intake.size, intake.firstAt]).toEqual([2, 3]);
    expect(expired(2)).toEqual([]);
    expect(expired(Infinity)).toEqual(['a3', 'b2']);
    expect(intake.firstAt).toBe(Infinity);
  });

  it('ends by its age, whoever’s turn it is', () => {
    const { push, expired } = setUp();
    push('a1', 'b1', 'b2', 'a2');
    expect(expired(9)).toEqual(['a1', 'b1', 'b2', 'a2']);
  });

  it('ends when it has been sorted, and is to be looked for till then', () => {
    const { intake, push, expired } = setUp();
    push('a1', 'a2');
    intake.push('unsorted', 1, 2);
    expect(expired(5)).toEqual(['a1', 'a2']);
    expect([intake.size, intake.unsorted, intake.firstAt]).toEqual([1, 1, 2]);
  });

  it('ends so many at a time, of many tenants', () => {
    const { intake, push, expired } = setUp();
    push('a1', 'a2', 'b1', 'b2', 'c1');
    expect(expired(9, 3)).toHaveLength(3);
    expect([intake.size, intake.firstAt]).toEqual([2, 3]);
    expect(expired(9, 1)).toEqual(['b2']);
    expect(expired(9, 9)).toEqual(['c1']);
  });

  it('is looked for no later than its time, whatever was taken before it', () => {
    const { intake, push, newestOf, expired } = setUp();
    push('a1', 'b1');
    newestOf('a');
    expect(intake.firstAt).toBeLessThanOrEqual(1);
    expect(expired(0)).toEqual([]);
    expect(intake.firstAt).toBe(1);
    newestOf('b');
    expect(intake.firstAt).toBe(Infinity);
  });

  it('is told once each, although whoever is told offers again and makes others give way', () => {
    const { intake, accountOf, push, newestOf } = setUp();
    push('a1', 'a2', 'b1', 'b2');
    const told: unknown[] = [];
    intake.expire(3, 100, (task) => {
      told.push(task.what);
      if (task.what === 'a1') told.push(newestOf('a'), newestOf('b'));
      push('a-new');
    });
    expect(told).toEqual(['a1', 'a2', 'b2', 'b1']);
    expect(intake.size).toBe(2);
    expect(nameOf(intake.takeNewest(accountOf('a')))).toBe('a-new');
  });
});
