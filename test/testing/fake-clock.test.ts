import { fakeClock } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('a fake clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = fakeClock(1000);
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
  });

  it('runs every timer that falls due, in order and at its own time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(100)), fc.nat(100), async (delays, until) => {
        const clock = fakeClock(0);
        const fired: number[] = [];
        for (const ms of delays) {
          clock.setTimeout(() => {
            expect(clock.now()).toBe(ms);
            fired.push(ms);
          }, ms);
        }
        await clock.advance(until);
        expect(fired).toEqual(delays.filter((ms) => ms <= until).sort((a, b) => a - b));
        expect(clock.pending).toBe(delays.length - fired.length);
      }),
      { numRuns: 50 },
    );
  });

  it('runs timers that timers set, also through promises and immediates', async () => {
    const clock = fakeClock(0);
    const seen: string[] = [];
    clock.setTimeout(() => {
      void Promise.resolve().then(() =>
        setImmediate(() => clock.setTimeout(() => seen.push(`chained at ${clock.now()}`), 5)),
      );
    }, 10);
    await clock.advance(20);
    expect(seen).toEqual(['chained at 15']);
  });

  it('forgets a cleared timer, and ignores one that has fired', async () => {
    const clock = fakeClock(0);
    const seen: string[] = [];
    const first = clock.setTimeout(() => seen.push('first'), 1);
    const second = clock.setTimeout(() => seen.push('second'), 2);
    clock.clearTimeout(second);
    await clock.advance(5);
    clock.clearTimeout(first);
    clock.clearTimeout(undefined);
    expect(seen).toEqual(['first']);
  });

  it('rejects with what a timer throws', async () => {
    const clock = fakeClock(0);
    clock.setTimeout(() => {
      throw new Error('from a timer');
    }, 1);
    await expect(clock.advance(1)).rejects.toThrow('from a timer');
  });
});
