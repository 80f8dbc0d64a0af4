import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { Breaker } from '../../../src/shadow/delivery/breaker.ts';

/** A breaker that draws the middle of what it could wait, after so many failures in a row. */
function broken(failures: number): { breaker: Breaker; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  const breaker = new Breaker(clock, () => 0.5);
  for (let i = 0; i < failures; i += 1) breaker.failed();
  return { breaker, clock };
}

describe('the breaker of an address', () => {
  it('lets four failures in a row pass, and opens with the fifth', () => {
    const { breaker } = broken(4);
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['closed', 0]);
    expect(breaker.failed()).toBe(7_500);
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['open', 7_500]);
  });

  it('counts from nothing again after an answer', () => {
    const { breaker } = broken(4);
    expect(breaker.answered()).toBe(false);
    for (let i = 0; i < 4; i += 1) expect(breaker.failed()).toBeUndefined();
    expect(breaker.failed()).toBe(7_500);
  });

  it('stays open no longer for what fails while it is open', async () => {
    const { breaker, clock } = broken(5);
    await clock.advance(7_000);
    expect(breaker.failed()).toBeUndefined();
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['open', 500]);
    await clock.advance(60_000);
    expect(breaker.readyInMs()).toBe(0);
  });

  it('waits for its probe, and closes with the answer', () => {
    const { breaker } = broken(5);
    breaker.sent();
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['half-open', 1_000]);
    expect(breaker.answered()).toBe(true);
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['closed', 0]);
  });

  it('opens for twice as long with each probe that fails, up to two minutes', () => {
    const { breaker } = broken(5);
    const waits = Array.from({ length: 6 }, () => {
      breaker.sent();
      return breaker.failed();
    });
    expect(waits).toEqual([15_000, 30_000, 60_000, 90_000, 90_000, 90_000]);
  });

  it('may send the next probe at once when one was taken back, and forgets no failure by that', () => {
    const { breaker } = broken(5);
    breaker.sent();
    breaker.abandoned();
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['open', 0]);
    breaker.sent();
    expect(breaker.failed()).toBe(15_000);
  });

  it('takes back nothing but a probe', () => {
    const { breaker } = broken(1);
    breaker.sent();
    breaker.abandoned();
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['closed', 0]);
    for (let i = 0; i < 4; i += 1) breaker.failed();
    breaker.abandoned();
    expect([breaker.kind, breaker.readyInMs()]).toEqual(['open', 7_500]);
  });
});
