import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from './temp-folder.ts';

const open = {
  memory: () => memoryStore(),
  sqlite: () => sqliteStore({ path: join(tempFolder(), 'store.db') }),
};

describe('counts that come in one batch', () => {
  it.each(['memory', 'sqlite'] as const)(
    'are never seen without those of the same call in a store of %s, however many they are',
    async (kind) => {
      const store = open[kind]();
      onTestFinished(() => store.close());
      const counts = Array.from({ length: 120 }, (_, at) => {
        const all = { calls: 2, errors: 2, fallbacks: 2, ms: 2, squaredMs: 2, timed: 2 };
        const row = { day: '2026-01-31', route: 'chat', leg: 'candidate' } as const;
        return { ...row, tenant: `tenant-${at}`, counts: all };
      });
      let isOver = false;
      const adding = store.addTraffic({ id: 'one', phase: 'p', counts }).finally(() => {
        isOver = true;
      });
      const seen: number[] = [];
      while (!isOver) {
        const rows = await store.traffic({ phase: 'p' });
        seen.push(rows.length);
        for (const row of rows) expect(Object.keys(row.counts)).toHaveLength(6);
        await turn();
      }
      await adding;
      expect(seen.length).toBeGreaterThan(1);
      expect(await store.traffic({ phase: 'p' })).toHaveLength(120);
    },
  );
});
