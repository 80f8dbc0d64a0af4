import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Stage, stageNames } from '../../../src/core/stage.ts';
import { DecisionCache } from '../../../src/flags/source/decision-cache.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

const cacheOf = (maxPerGeneration: number, clock = fakeClock()): DecisionCache =>
  new DecisionCache({ clock, ttlMs: 5_000, maxPerGeneration });

describe('DecisionCache', () => {
  it('holds nothing for having been asked', () => {
    const cache = cacheOf(2);
    expect(cache.lastKnown('acme')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('never holds more than two generations, whatever is put in and read', () => {
    const key = fc.integer({ min: 0, max: 40 }).map(String);
    const step = fc.oneof(
      fc.record({ put: key, stage: fc.constantFrom(...stageNames) }),
      fc.record({ get: key }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300 }),
        fc.integer({ min: 1, max: 8 }),
        (steps, max) => {
          const cache = cacheOf(max);
          const truth = new Map<string, Stage>();
          for (const next of steps) {
            if ('put' in next) {
              cache.put(next.put, next.stage);
              truth.set(next.put, next.stage);
              expect(cache.lastKnown(next.put)?.stage).toBe(next.stage);
            } else {
              const known = cache.lastKnown(next.get);
              if (known !== undefined) expect(known.stage).toBe(truth.get(next.get));
            }
            expect(cache.size).toBeLessThanOrEqual(2 * max);
          }
        },
      ),
    );
  });

  it('remembers at least the latest generation', () => {
    const cache = cacheOf(100);
    for (let n = 0; n < 1_000; n += 1) cache.put(`tenant-${n}`, 'live');
    for (let n = 900; n < 1_000; n += 1) expect(cache.lastKnown(`tenant-${n}`)).toBeDefined();
    expect(cache.lastKnown('tenant-0')).toBeUndefined();
  });

  it('remembers whoever is asked for, however many others come', () => {
    const cache = cacheOf(10);
    cache.put('acme', 'live');
    for (let n = 0; n < 1_000; n += 1) {
      cache.put(`tenant-${n}`, 'off');
      expect(cache.lastKnown('acme')?.stage).toBe('live');
    }
  });

  it('holds each decision once, in whichever generation it was', () => {
    const cache = cacheOf(2);
    for (const key of ['a', 'b', 'c']) cache.put(key, 'live');
    expect(cache.size).toBe(3);
    cache.put('a', 'off');
    expect(cache.size).toBe(3);
    expect(cache.lastKnown('unheard of')).toBeUndefined();
    expect(cache.size).toBe(3);
  });

  it('moves a decision that is read to the younger generation', () => {
    const cache = cacheOf(3);
    for (const key of ['a', 'b', 'c', 'd']) cache.put(key, 'live');
    expect([cache.lastKnown('a')?.stage, cache.size]).toEqual(['live', 4]);
  });

  it('tells fresh decisions from stale ones', async () => {
    const clock = fakeClock();
    const cache = cacheOf(10, clock);
    const isFresh = (key: string): boolean => {
      const known = cache.lastKnown(key);
      return known !== undefined && cache.isFresh(known);
    };
    cache.put('acme', 'live');
    await clock.advance(4_999);
    cache.put('globex', 'live');
    expect([isFresh('acme'), isFresh('globex')]).toEqual([true, true]);
    await clock.advance(1);
    expect([isFresh('acme'), isFresh('globex')]).toEqual([false, true]);
    cache.expire();
    expect(isFresh('globex')).toBe(false);
    expect(cache.lastKnown('globex')?.stage).toBe('live');
    cache.put('globex', 'rampdown');
    expect(isFresh('globex')).toBe(true);
  });
});
