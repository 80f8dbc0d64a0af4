import { describe, expect, it } from 'vitest';
import { Moments } from '../../src/transcript/moments.ts';
import { bytesInUse } from '../shadow/collect-garbage.ts';

const hour = 3_600_000;

/** A clock that is set by hand, to and fro. */
function wallClock(at: number) {
  const clock = { at, now: () => clock.at };
  return clock;
}

describe('moments', () => {
  it('of many conversations cost no memory each after the clock was set back', () => {
    const clock = wallClock(2 * hour);
    const moments = new Moments(clock);
    moments.give('before');
    clock.at = hour;
    const before = bytesInUse();
    for (let index = 0; index < 200_000; index += 1) {
      clock.at += index % 10 === 0 ? 1 : 0;
      moments.give(`conversation ${index}`);
    }
    // 30 bytes each would be a name alone.
    expect(bytesInUse() - before).toBeLessThan(200_000 * 5);
    expect(moments.now('another')).toBeLessThan(2 * hour + 1000);
  });

  it('never go back and are given to no two exchanges, however many conversations there are', () => {
    const clock = wallClock(2 * hour);
    const moments = new Moments(clock);
    const last = new Map<string, number>();
    moments.give('before');
    clock.at = hour;
    let overall = 0;
    for (let index = 0; index < 20_000; index += 1) {
      const name = `conversation ${(index * 7919) % 5_000}`;
      const { at, answeredAt = at } = moments.give(name);
      expect(at).toBeGreaterThan(last.get(name) ?? 0);
      expect(answeredAt).toBe(hour);
      expect(moments.now(name)).toBeGreaterThan(at);
      last.set(name, at);
      overall = Math.max(overall, at);
    }
    expect(overall - 2 * hour).toBeLessThan(20_000);
  });
});
