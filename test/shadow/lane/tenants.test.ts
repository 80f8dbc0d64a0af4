import { describe, expect, it } from 'vitest';
import { Task } from '../../../src/shadow/lane/task.ts';
import { type Account, Tenants } from '../../../src/shadow/lane/tenants.ts';
import { Branch } from '../../../src/shadow/turns/branch.ts';
import { Leaf } from '../../../src/shadow/turns/leaf.ts';

type Held = Task<string, string>;

const limits = { maxCount: 8, maxBytes: 100, tenantShare: 0.25 };

function setUp(changed: Partial<typeof limits> = {}) {
  const tenants = new Tenants<Held>({ ...limits, ...changed });
  const accountOf = (name: string): Account<Held> => tenants.accountOf(name) ?? tenants.open(name);
  const charge = (name: string, count: number, bytes: number): void =>
    tenants.charge(accountOf(name), count, bytes);
  const admit = (name: string, bytes: number): boolean => tenants.admit(accountOf(name), bytes);
  const above = (): string[] => [...tenants.aboveShare].map(({ tenant }) => tenant);
  const held = () => ({ count: tenants.count, bytes: tenants.bytes });
  return { tenants, accountOf, charge, admit, above, held };
}

describe('the room for one more of a tenant', () => {
  it('ends with its share of the places, at least one', () => {
    const { admit, held } = setUp();
    expect([admit('a', 1), admit('a', 1), admit('a', 1)]).toEqual([true, true, false]);
    expect(held()).toEqual({ count: 2, bytes: 2 });
    const small = setUp({ maxCount: 3 });
    expect([small.admit('a', 1), small.admit('a', 1)]).toEqual([true, false]);
  });

  it('ends with its share of the bytes', () => {
    const { admit, held } = setUp({ maxBytes: 101 });
    expect([admit('a', 20), admit('a', 6), admit('a', 5)]).toEqual([true, false, true]);
    expect(held()).toEqual({ count: 2, bytes: 25 });
  });

  it('ends with the places and the bytes of the lane', () => {
    const { admit, charge } = setUp();
    charge('full', 7, 80);
    expect([admit('a', 21), admit('a', 20), admit('b', 0)]).toEqual([false, true, false]);
  });
});

describe('why a tenant is refused', () => {
  it('is its share where somebody else is there, and never where it is alone', () => {
    const { tenants, accountOf, charge } = setUp();
    charge('a', 2, 25);
    expect(tenants.refusal(accountOf('a'), 1, 0)).toBeUndefined();
    expect(tenants.refusal(undefined, 3, 0)).toBe('tenant');
    expect(tenants.refusal(undefined, 2, 25)).toBeUndefined();
    expect(tenants.refusal(undefined, 1, 26)).toBe('tenant');
    charge('b', 1, 0);
    expect(tenants.refusal(accountOf('a'), 1, 0)).toBe('tenant');
    expect(tenants.refusal(accountOf('b'), 1, 25)).toBeUndefined();
    charge('b', -1, 0);
    expect(tenants.refusal(accountOf('a'), 1, 0)).toBeUndefined();
    expect(tenants.refusal(accountOf('b'), 2, 26)).toBe('tenant');
  });

  it('is the lane’s bounds, to the last place and byte', () => {
    const { tenants, accountOf, charge } = setUp();
    charge('a', 6, 60);
    const a = accountOf('a');
    expect(tenants.refusal(a, 2, 40)).toBeUndefined();
    expect(tenants.refusal(a, 3, 0)).toBe('count');
    expect(tenants.refusal(a, 2, 41)).toBe('bytes');
    charge('b', 1, 1);
    // What grows is held to the lane's bounds alone.
    expect(tenants.refusal(a, 0, 39)).toBeUndefined();
    expect(tenants.refusal(a, 0, 40)).toBe('bytes');
  });
});

describe('a tenant above its share', () => {
  it('is known as such from the first beyond it to the last, by places and by bytes', () => {
    const { charge, above } = setUp();
    charge('a', 2, 25);
    expect(above()).toEqual([]);
    charge('a', 1, 0);
    charge('b', 1, 26);
    expect(above()).toEqual(['a', 'b']);
    charge('a', -1, 0);
    charge('b', 0, -1);
    expect(above()).toEqual([]);
  });

  it('is known as such no more when what it held is released', () => {
    const { tenants, accountOf, charge, above, held } = setUp();
    charge('a', 4, 40);
    tenants.release(accountOf('a'), 10);
    expect([above(), held()]).toEqual([['a'], { count: 3, bytes: 30 }]);
    tenants.release(accountOf('a'), 10);
    expect([above(), held()]).toEqual([[], { count: 2, bytes: 20 }]);
    tenants.release(accountOf('a'), 20);
    expect(held()).toEqual({ count: 1, bytes: 0 });
    expect(accountOf('a')).toMatchObject({ count: 1, bytes: 0 });
  });
});

describe('a tenant that holds nothing any more', () => {
  const mostKept = 2048;

  it('is alone again when it comes back, however it went', () => {
    for (const empty of ['release', 'charge'] as const) {
      const { tenants, accountOf, charge, admit } = setUp();
      admit('a', 1);
      admit('b', 1);
      if (empty === 'release') tenants.release(accountOf('a'), 1);
      else charge('a', -1, -1);
      expect(tenants.refusal(accountOf('b'), 5, 0)).toBeUndefined();
      admit('a', 1);
      expect(tenants.refusal(accountOf('b'), 5, 0)).toBe('tenant');
    }
  });

  it('keeps its account while there are few, and only then', () => {
    const { tenants, accountOf, admit } = setUp({ maxCount: 10_000, maxBytes: 10_000 });
    for (let index = 0; index < mostKept; index++) admit(`t${index}`, 0);
    const first = accountOf('t0');
    tenants.release(first, 0);
    expect(tenants.accountOf('t0')).toBe(first);
    admit('one more', 0);
    tenants.release(accountOf('t1'), 0);
    expect(tenants.accountOf('t1')).toBeUndefined();
    expect([...tenants.accounts]).toHaveLength(mostKept);
  });
});

it('counts the tenants with tasks that wait, offered or prepared', () => {
  const { tenants, accountOf, admit } = setUp();
  for (const name of ['idle', 'offered', 'prepared']) admit(name, 1);
  accountOf('offered').oldest = 0;
  const queue = new Leaf<Held>(new Branch<Held>({ limit: 1, readyInMs: () => 0 }, undefined));
  accountOf('prepared').leaves.push(queue);
  expect(tenants.waiting).toBe(1);
  queue.push(new Task<string, string>('task', accountOf('prepared'), 1, 0));
  expect(tenants.waiting).toBe(2);
});

it('says that a loss is over when half a share is held, of places and of bytes', () => {
  const { tenants, charge } = setUp({ maxCount: 16, maxBytes: 96 });
  charge('a', 2, 12);
  expect(tenants.isRelaxed).toBe(true);
  charge('a', 1, 0);
  expect(tenants.isRelaxed).toBe(false);
  charge('a', -1, 1);
  expect(tenants.isRelaxed).toBe(false);
});
