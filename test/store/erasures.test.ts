import { join } from 'node:path';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { postgresStore } from 'engramia-cutover/stores/postgres';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { type Clock, systemClock } from '../../src/core/time/clock.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { postgresWorld } from './postgres-world.ts';
import { tempFolder } from './temp-folder.ts';

const start = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
const postgres = postgresWorld();

const stores: Readonly<Record<string, (clock: Clock) => Store>> = {
  memoryStore: (clock) => memoryStore({ clock }),
  sqliteStore: (clock) => sqliteStore({ path: join(tempFolder(), 'a.db'), clock }),
  postgresStore: (clock) =>
    postgresStore(postgres.pool(), { schema: postgres.freshSchema(), listen: false, clock }),
};

/** A clock that stands where it is set. */
function standingClock() {
  const time = { now: start };
  return { time, clock: { ...systemClock, now: () => time.now } };
}

const servedAt = (at: number, requestId = `request-${at}`) => ({
  ...{ tenant: 'acme', conversation: 'c', requestId, at },
  turns: [{ role: 'user', text: requestId, leg: 'legacy', at }] as const,
});

describe.each(Object.entries(stores))('an erasure in %s', (_name, open) => {
  it('is of all up to its very millisecond, whatever is erased after it', async () => {
    const { time, clock } = standingClock();
    await using store = open(clock);
    const transcript = store.transcript();
    await store.erase('acme');
    time.now += 1;
    await store.erase('other');
    await transcript.erase('acme', 'another conversation');
    for (const at of [start - 1, start, start + 1]) {
      await store.addPairs({ id: `${at}`, pairs: [pairOf(0, { at })] });
      await transcript.append(servedAt(at));
    }
    const kept: number[] = [];
    for await (const { at } of store.pairs()) kept.push(at);
    expect(kept).toEqual([start + 1]);
    expect((await transcript.history('acme', 'c')).map(({ at }) => at)).toEqual([start + 1]);
  });

  it('is not taken back by a clock that was set back before the next one', async () => {
    const { time, clock } = standingClock();
    await using store = open(clock);
    const transcript = store.transcript();
    await store.erase('acme');
    await transcript.erase('acme', 'c');
    time.now -= 60_000;
    await store.erase('acme');
    await transcript.erase('acme', 'c');
    await store.addPairs({ id: 'a', pairs: [pairOf(0, { at: start - 1 })] });
    await transcript.append(servedAt(start - 1));
    expect((await store.pairDays()).length).toBe(0);
    expect(await transcript.history('acme', 'c')).toEqual([]);
  });

  it('is known for a month', async () => {
    const { time, clock } = standingClock();
    await using store = open(clock);
    await store.erase('acme');
    time.now += 29 * dayMs;
    await store.erase('other');
    await store.addPairs({ id: 'a', pairs: [pairOf(0, { at: start })] });
    expect((await store.pairDays()).length).toBe(0);
  });

  it('takes none of the exchanges that came in one moment out of their order', async () => {
    const { clock } = standingClock();
    await using store = open(clock);
    const transcript = store.transcript();
    for (const name of ['b', 'a', 'd', 'c']) await transcript.append(servedAt(start + 5, name));
    const texts = (await transcript.history('acme', 'c', { limit: 3 })).map(({ text }) => text);
    expect(texts).toEqual(['a', 'd', 'c']);
  });
});

describe('an erasure in a transcript of its own', () => {
  it('is not taken back by a clock that was set back before the next one', async () => {
    const { time, clock } = standingClock();
    const transcript = memoryTranscript({ clock });
    await transcript.erase('acme', 'c');
    time.now -= 60_000;
    await transcript.erase('acme', 'c');
    await transcript.append(servedAt(start - 1));
    expect(await transcript.history('acme', 'c')).toEqual([]);
  });
});
