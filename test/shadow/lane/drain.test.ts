import { describe, expect, it } from 'vitest';
import { Drain } from '../../../src/shadow/lane/drain.ts';
import { type FakeClock, fakeClock } from '../../../src/testing/fake-clock.ts';

function setUp(clock: FakeClock = fakeClock()) {
  const lane = { isEmpty: false };
  const drain = new Drain(clock, () => lane.isEmpty);
  const ended: number[] = [];
  const wait = (timeoutMs: number): void => {
    void drain.wait(timeoutMs).then(() => ended.push(clock.monotonic()));
  };
  return { clock, lane, drain, ended, wait };
}

describe('whoever waits for a lane to become empty', () => {
  it('does not wait for one that is', async () => {
    const { clock, lane, ended, wait } = setUp();
    lane.isEmpty = true;
    wait(1_000);
    expect(clock.pending).toBe(0);
    await clock.advance(0);
    expect(ended).toEqual([0]);
  });

  it('is told when it is empty, and leaves no timer behind', async () => {
    const { clock, lane, drain, ended, wait } = setUp();
    wait(1_000);
    wait(2_000);
    await clock.advance(400);
    drain.check();
    await clock.advance(100);
    expect(ended).toEqual([]);
    lane.isEmpty = true;
    drain.check();
    await clock.advance(0);
    expect(ended).toEqual([500, 500]);
    expect(clock.pending).toBe(0);
  });

  it('waits no longer than it wants to', async () => {
    const { clock, ended, wait } = setUp();
    wait(1_000);
    await clock.advance(999);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([1_000]);
  });

  it('waits no longer than whoever is in a hurry, and never longer than before', async () => {
    const { clock, drain, ended, wait } = setUp();
    wait(1_000);
    await clock.advance(100);
    drain.hurry(2_000);
    expect(clock.pending).toBe(1);
    drain.hurry(300);
    expect(clock.pending).toBe(1);
    await clock.advance(299);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([400]);
    drain.hurry(1);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['as long as timers can, and no longer', 2 ** 40, 2 ** 31 - 1],
    ['not at all with less than no time', -5, 0],
    ['as long as it says', 70, 70],
  ])('waits %s', (_what, timeoutMs, expected) => {
    const clock = fakeClock();
    const set: number[] = [];
    let refs = 0;
    const { wait } = setUp({
      ...clock,
      setTimeout: (_run: () => void, ms: number) => {
        set.push(ms);
        return { ref: () => (refs += 1) };
      },
    } as FakeClock);
    wait(timeoutMs);
    expect(set).toEqual([expected]);
    // Without a timer that counts, the process could end in the middle.
    expect(refs).toBe(1);
  });
});
