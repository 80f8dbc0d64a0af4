import { describe, expect, it } from 'vitest';
import { Alarm } from '../../../src/shadow/lane/alarm.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';

function setUp() {
  const clock = fakeClock();
  const rings: number[] = [];
  const alarm = new Alarm(clock, () => rings.push(clock.monotonic()));
  return { clock, rings, alarm };
}

describe('the timer of a lane', () => {
  it('rings at the earliest time that was asked for, once', async () => {
    const { clock, rings, alarm } = setUp();
    for (const at of [500, 300, 400, 300]) alarm.set(at);
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(rings).toEqual([300]);
  });

  it('can be set again once it has rung, also to a later time', async () => {
    const { clock, rings, alarm } = setUp();
    alarm.set(100);
    await clock.advance(100);
    alarm.set(200);
    await clock.advance(100);
    expect(rings).toEqual([100, 200]);
  });

  it('rings at once for what is past, and in whole milliseconds', async () => {
    const { clock, rings, alarm } = setUp();
    await clock.advance(50);
    alarm.set(10);
    await clock.advance(0);
    alarm.set(50.2);
    await clock.advance(5);
    expect(rings).toEqual([50, 51]);
  });

  it('does not ring when it is stopped, and can be set again', async () => {
    const { clock, rings, alarm } = setUp();
    alarm.set(100);
    alarm.stop();
    expect(clock.pending).toBe(0);
    alarm.stop();
    alarm.set(200);
    await clock.advance(1_000);
    expect(rings).toEqual([200]);
  });

  it('is set to what timers can wait for, and not at all for never', () => {
    const delays: number[] = [];
    const clock = { ...fakeClock(), setTimeout: (_run: () => void, ms: number) => delays.push(ms) };
    const alarm = new Alarm(clock, () => undefined);
    alarm.set(Number.POSITIVE_INFINITY);
    expect(delays).toEqual([]);
    alarm.set(2 ** 40);
    expect(delays).toEqual([2 ** 31 - 1]);
  });
});
