import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../../../src/flags/source/in-flight.ts';

const hanging = (): Promise<string> => new Promise(() => {});

describe('evaluations that a provider owes', () => {
  it('are shared for a second, late until five are over, and then forgotten', async () => {
    const clock = fakeClock();
    const flights = new InFlight<string>(clock);
    expect(flights.join('acme')).toBeUndefined();
    const outcome = flights.start('acme', hanging);
    await clock.advance(999);
    expect(flights.join('acme')).toBe(outcome);
    await clock.advance(1);
    expect(flights.join('acme')).toBe('late');
    await clock.advance(3_999);
    expect(flights.join('acme')).toBe('late');
    await clock.advance(1);
    expect(flights.join('acme')).toBeUndefined();
  });

  it('are a thousand at most, and make room when they are five seconds old', async () => {
    const clock = fakeClock();
    const flights = new InFlight<string>(clock);
    flights.start('first', hanging);
    await clock.advance(1);
    for (let n = 1; n < 999; n += 1) flights.start(`tenant-${n}`, hanging);
    expect(flights.hasRoom()).toBe(true);
    flights.start('last', hanging);
    expect(flights.hasRoom()).toBe(false);
    await clock.advance(4_998);
    expect(flights.hasRoom()).toBe(false);
    await clock.advance(1);
    expect(flights.hasRoom()).toBe(true);
    expect([flights.join('first'), flights.join('last')]).toEqual([undefined, 'late']);
    flights.start('one more', hanging);
    expect(flights.hasRoom()).toBe(false);
  });

  it('make room also behind one that was asked for anew', async () => {
    const clock = fakeClock();
    const flights = new InFlight<string>(clock);
    for (let n = 0; n < 1_000; n += 1) flights.start(`tenant-${n}`, hanging);
    await clock.advance(5_000);
    expect(flights.join('tenant-0')).toBeUndefined();
    flights.start('tenant-0', hanging);
    expect(flights.hasRoom()).toBe(true);
  });

  it('count for as long as nobody asked anew, however late they are', async () => {
    const clock = fakeClock();
    const flights = new InFlight<string>(clock);
    const answer = Promise.withResolvers<string>();
    const told: boolean[] = [];
    const outcome = flights.start('acme', async (stillCounts) => {
      told.push(stillCounts());
      const value = await answer.promise;
      told.push(stillCounts());
      return value;
    });
    await clock.advance(60_000);
    expect(flights.hasRoom()).toBe(true);
    answer.resolve('live');
    await outcome;
    expect(told).toEqual([false, true]);
  });

  it('count for nothing once they were given up, nor when another has taken their place', async () => {
    const flights = new InFlight<string>(fakeClock());
    const told: boolean[] = [];
    const answers: (() => void)[] = [];
    const start = (): Promise<string> =>
      flights.start('acme', async (stillCounts) => {
        await new Promise<void>((resolve) => {
          answers.push(resolve);
        });
        told.push(stillCounts());
        return 'live';
      });
    const first = start();
    flights.abandon();
    expect(flights.join('acme')).toBeUndefined();
    const second = start();
    answers[0]?.();
    expect(await first).toBe('live');
    expect(flights.join('acme')).toBe(second);
    answers[1]?.();
    await second;
    expect([told, flights.join('acme')]).toEqual([[false, true], undefined]);
  });
});
