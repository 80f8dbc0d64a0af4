import { describe, expect, it } from 'vitest';
import { type Missable, MissedTable } from '../../../src/shadow/mirror/missed-table.ts';

const call: Missable = { route: 'chat', tenant: 'acme', stage: 'shadow', kind: 'compare' };

function tableOf(...missed: Partial<Missable>[]): MissedTable {
  const table = new MissedTable();
  for (const one of missed) table.count({ ...call, ...one }, 'late');
  return table;
}

describe('the sums of what has no pair', () => {
  it('are one for each route, tenant, stage, kind and reason', () => {
    const table = tableOf(
      {},
      {},
      { route: 'search' },
      { stage: 'live' },
      { kind: 'noise' },
      { tenant: 'globex' },
      {},
    );
    table.count(call, 'failed');
    expect(table.size).toBe(6);
    expect(table.shift()).toEqual([
      { ...call, why: 'late', count: 3 },
      { ...call, route: 'search', why: 'late', count: 1 },
      { ...call, stage: 'live', why: 'late', count: 1 },
      { ...call, kind: 'noise', why: 'late', count: 1 },
      { ...call, why: 'failed', count: 1 },
    ]);
    expect(table.size).toBe(1);
    expect(table.shift()).toEqual([{ ...call, tenant: 'globex', why: 'late', count: 1 }]);
    expect([table.size, table.shift()]).toEqual([0, []]);
  });

  it('are of named tenants up to ten thousand, and beyond of one without a name', () => {
    const table = tableOf();
    const count = (tenant: string): void => table.count({ ...call, tenant }, 'late');
    for (let index = 0; index < 4_999; index += 1) count(`t${index}`);
    expect(table.isHalfFull).toBe(false);
    count('t4999');
    expect(table.isHalfFull).toBe(true);
    for (let index = 5_000; index < 10_000; index += 1) count(`t${index}`);
    for (const tenant of ['x', 'y', 't0', 'x']) count(tenant);
    // One that is known may have a sum of another kind.
    table.count({ ...call, tenant: 't0' }, 'failed');
    expect(table.size).toBe(10_002);
    expect(table.shift()).toEqual([
      { ...call, tenant: 't0', why: 'late', count: 2 },
      { ...call, tenant: 't0', why: 'failed', count: 1 },
    ]);
    for (let index = 1; index < 10_000; index += 1) table.shift();
    expect(table.shift()).toEqual([{ ...call, tenant: '', why: 'late', count: 3 }]);
  });
});
