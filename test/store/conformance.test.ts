import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { describe, it, onTestFinished } from 'vitest';
import { testStore } from '../../src/testing/stores/store-suite.ts';
import { movableClock } from './movable-clock.ts';
import { tempFolder } from './temp-folder.ts';

testStore({
  name: 'memoryStore',
  make: () => {
    const { clock, advance } = movableClock();
    return { store: memoryStore({ clock }), advance };
  },
  describe,
  it,
});

testStore({
  name: 'sqliteStore',
  make: () => {
    const { clock, advance } = movableClock();
    const path = join(tempFolder(), 'store.db');
    const open = () => {
      const store = sqliteStore({ path, clock });
      onTestFinished(() => store.close());
      return store;
    };
    return { store: open(), another: open, advance, breakEntries: () => breakEntries(path) };
  },
  describe,
  it,
});

async function breakEntries(path: string): Promise<() => Promise<void>> {
  const run = (sql: string): void => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };
  run(`CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'broken'); END`);
  return async () => run('DROP TRIGGER broken');
}
