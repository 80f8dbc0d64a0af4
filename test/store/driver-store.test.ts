import { describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../src/core/contracts/audit-entry.ts';
import type { StoreDriver } from '../../src/store/driver.ts';
import { DriverStore } from '../../src/store/driver-store.ts';
import { memoryDriver } from '../../src/store/memory/memory-driver.ts';
import { tallyPairs } from '../../src/store/pair-tally.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { nextCommit, nothingYet } from '../../src/testing/stores/sample-trail.ts';

function storeOn(more: Partial<StoreDriver> = {}) {
  const clock = fakeClock();
  const driver: StoreDriver = { ...memoryDriver(clock), ...more };
  return { clock, driver, store: new DriverStore(driver, clock) };
}

describe('a store on any driver', () => {
  it('tells those who watch in its own process of a commit at once', async () => {
    const { clock, store } = storeOn();
    const heard: number[] = [];
    store.watch('chat', { changed: ({ version }) => heard.push(version) });
    await clock.advance(0);
    await store.commit(nextCommit('chat', nothingYet, 'go'));
    await new Promise(setImmediate);
    expect(heard).toEqual([1]);
    expect(clock.monotonic()).toBe(0);
    await store.close();
  });

  it('looks every five seconds for those who watch, unless they say otherwise', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const looks: number[] = [];
    const driver = memoryDriver(fakeClock());
    const { clock, store } = storeOn({
      rollouts: {
        read: driver.rollouts.read,
        commit: driver.rollouts.commit,
        entries: driver.rollouts.entries,
        newer: async (_rollout, version) => void looks.push(version),
      },
    });
    store.watch('chat', { changed() {} });
    await clock.advance(4_999);
    expect(looks).toHaveLength(1);
    await clock.advance(1);
    expect(looks).toHaveLength(2);
    await store.close();
  });

  it('listens for others as long as somebody watches, and anew when somebody does again', async () => {
    const listening: string[] = [];
    const { store } = storeOn({
      listen: () => {
        listening.push('begun');
        return { [Symbol.dispose]: () => void listening.push('ended') };
      },
    });
    const [one, two] = [0, 1].map(() => store.watch('chat', { changed() {} }));
    one?.[Symbol.dispose]();
    expect(listening).toEqual(['begun']);
    two?.[Symbol.dispose]();
    expect(listening).toEqual(['begun', 'ended']);
    store.watch('chat', { changed() {} });
    await store.close();
    expect(listening).toEqual(['begun', 'ended', 'begun', 'ended']);
  });

  it('reads a trail whole and each entry once, however many a driver gives at once', async () => {
    const all = Array.from({ length: 250 }, (_, seq) => ({ seq }) as AuditEntry);
    for (const page of [1, 7, 100, 500]) {
      const { driver, store } = storeOn();
      driver.rollouts.entries = async (_rollout, from) => all.slice(from, from + page);
      const read: number[] = [];
      for await (const { seq } of store.audit('chat', 3)) read.push(seq);
      expect(read).toEqual(all.slice(3).map(({ seq }) => seq));
    }
  });

  it('reads each entry once of a trail from which somebody has taken entries', async () => {
    const left = [0, 1, 2, 4, 5, 600, 601, 602].map((seq) => ({ seq }) as AuditEntry);
    for (const page of [1, 3, 100]) {
      const { driver, store } = storeOn();
      driver.rollouts.entries = async (_rollout, from) =>
        left.filter(({ seq }) => seq >= from).slice(0, page);
      const read: number[] = [];
      for await (const { seq } of store.audit('chat')) read.push(seq);
      expect(read).toEqual([0, 1, 2, 4, 5, 600, 601, 602]);
    }
  });
});

describe('what is counted of a pair', () => {
  const { legacy, candidate } = pairOf(0);
  const metricsOf = (...given: Parameters<typeof pairOf>) =>
    new Map(tallyPairs('', [pairOf(...given)]).map(({ metric, value }) => [metric, value]));

  it('is no discordance where both legs have failed', () => {
    const ended = 'failed' as const;
    const both = { legacy: { ...legacy, ended }, candidate: { ...candidate, ended } };
    const metrics = [...metricsOf(0, both).keys()];
    expect(metrics.filter((metric) => metric.startsWith('discordant'))).toEqual([]);
    expect(metricsOf(0, { legacy: both.legacy }).get('discordant.legacy')).toBe(1);
    expect(metricsOf(0, { candidate: both.candidate }).get('discordant.candidate')).toBe(1);
  });

  it('is nothing that is no number: it would make the sum of a day none', () => {
    const metrics = metricsOf(0, { candidate: { ...candidate, durationMs: Number.NaN } });
    expect([...metrics.values()].every(Number.isFinite)).toBe(true);
  });
});
