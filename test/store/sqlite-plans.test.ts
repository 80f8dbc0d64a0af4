import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { tempFolder } from './temp-folder.ts';

afterEach(() => vi.restoreAllMocks());

describe('reading the evidence of one step or tenant from SQLite', () => {
  it('goes through nothing of the others, however much there is of them', async () => {
    const path = join(tempFolder(), 'cutover.db');
    await using store = sqliteStore({ path });
    const asked: [string, readonly SQLInputValue[]][] = [];
    const read = SqliteDatabase.prototype.read;
    vi.spyOn(SqliteDatabase.prototype, 'read').mockImplementation(function (
      this: SqliteDatabase,
      sql,
      ...values
    ) {
      asked.push([sql, values]);
      return read.call(this, sql, ...values) as never;
    });
    for (const query of [{ phase: 'p' }, { tenant: 't' }, { phase: 'p', tenant: 't' }]) {
      for await (const _ of store.pairs({ ...query, from: 1 }));
      await store.pairDays(query);
      await store.traffic(query);
    }
    expect(asked.length).toBeGreaterThanOrEqual(9);
    using database = new DatabaseSync(path);
    for (const [sql, values] of asked) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
      const details = plan.map(({ detail }) => detail).join('; ');
      expect(details).toMatch(/^SEARCH .* USING INDEX \w+_of_(phase \(phase|tenant \(tenant)=\?/);
      if (!sql.includes('_of_tenant')) expect(details).not.toContain('TEMP B-TREE');
    }
  });
});
