import { runInNewContext } from 'node:vm';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { testStore } from 'engramia-cutover/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';

const foreign: (json: string) => never = runInNewContext('(json) => JSON.parse(json)');

/** As jest sees what a native driver gives: arrays and objects whose prototypes are not those of the tests. */
function withForeignTurns(store: Store): Store {
  const transcript: Store['transcript'] = (...asked) => {
    const turns = store.transcript(...asked);
    const { history } = turns;
    turns.history = async (...names) => foreign(JSON.stringify(await history.apply(turns, names)));
    return turns;
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value = name === 'transcript' ? transcript : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

testStore({
  name: 'memory, answering out of another realm',
  make: () => ({ store: withForeignTurns(memoryStore()) }),
  describe,
  it,
});

it('waits for another process that writes, as jest sees what SQLite throws', async () => {
  const database = new SqliteDatabase(':memory:', 5_000);
  const busy = () =>
    runInNewContext('Object.assign(new Error("database is locked"), { errcode: 5 })');
  const tries = [busy(), busy()];
  const run = () => {
    const error = tries.pop();
    if (error !== undefined) throw error;
    return 'written';
  };
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const answer = database.write(run);
  await vi.runAllTimersAsync();
  expect(await answer).toBe('written');
  database.close();
});
