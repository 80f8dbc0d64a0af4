import { join } from 'node:path';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { type Clock, systemClock } from '../../src/core/time/clock.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { tempFolder } from './temp-folder.ts';

const start = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;

const stores: Readonly<Record<string, (clock: Clock) => Store>> = {
  memoryStore: (clock) => memoryStore({ clock }),
  sqliteStore: (clock) => sqliteStore({ path: join(tempFolder(), 'a.db'), clock }),
};

/** Both clocks of a machine, which stand where they are set. */
function standingClock() {
  const time = { passed: 0 };
  const clock: Clock = {
    ...systemClock,
    now: () => start + time.passed,
    monotonic: () => dayMs + time.passed,
  };
  return { time, clock };
}

const told = { rollout: 'chat', version: 1, leaseMs: 30_000 };
const calls = {
  day: '2026-01-01',
  tenant: 'acme',
  route: 'chat',
  leg: 'legacy',
  counts: { calls: 1 },
} as const;

describe.each(Object.entries(stores))('what %s keeps for a time', (_name, open) => {
  it('is a replica, for a day after its lease', async () => {
    const { time, clock } = standingClock();
    await using store = open(clock);
    await store.acknowledge({ ...told, replica: 'silent' });
    const names = async () => (await store.replicas('chat')).replicas.map(({ replica }) => replica);
    time.passed = told.leaseMs + dayMs;
    await store.acknowledge({ ...told, replica: 'other' });
    expect(await names()).toEqual(['other', 'silent']);
    time.passed += 1;
    expect(await names()).toEqual(['other']);
  });

  it('is the id of a batch, for a week', async () => {
    const { time, clock } = standingClock();
    await using store = open(clock);
    const count = async (id: string) => {
      await store.addTraffic({ id, counts: [calls] });
      return (await store.traffic()).map(({ counts }) => counts.calls);
    };
    expect(await count('once')).toEqual([1]);
    time.passed = 7 * dayMs;
    expect(await count('other')).toEqual([2]);
    expect(await count('once')).toEqual([2]);
    time.passed += 1;
    expect(await count('another')).toEqual([3]);
    expect(await count('once')).toEqual([4]);
  });

  it('is no pair and no turn from before a time that is pruned, and every count', async () => {
    const { clock } = standingClock();
    await using store = open(clock);
    for (const at of [start, start + 1])
      await store.addPairs({ id: `${at}`, pairs: [pairOf(0, { at })] });
    await store.addTraffic({ id: 'traffic', counts: [calls] });
    expect(await store.prune(start + 10 * dayMs)).toEqual({ pairs: 2, turns: 0, days: 0 });
    expect((await store.pairDays()).map(({ counts }) => counts.pairs)).toEqual([2]);
    expect((await store.traffic()).map(({ counts }) => counts.calls)).toEqual([1]);
  });
});
