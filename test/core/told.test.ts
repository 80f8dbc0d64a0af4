import { getEventListeners } from 'node:events';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { EventHub } from '../../src/core/events/event-hub.ts';
import { Warnings } from '../../src/core/events/warnings.ts';
import { Histogram } from '../../src/core/histogram.ts';
import { safeDraws } from '../../src/core/safe-draws.ts';

function logged() {
  const clock = fakeClock();
  const lines: string[] = [];
  const warnings = new Warnings({ warn: (line) => void lines.push(line) }, clock);
  return { clock, lines, warnings };
}

describe('warnings', () => {
  it('are logged once a minute, with the number of those that were left out', async () => {
    const { clock, lines, warnings } = logged();
    for (let times = 0; times < 3; times += 1) warnings.warn('code', 'Something is wrong.');
    await clock.advance(59_999);
    warnings.warn('code', 'Something is wrong.');
    expect(lines).toHaveLength(1);
    await clock.advance(1);
    warnings.warn('code', 'Something is wrong.');
    await clock.advance(60_000);
    warnings.warn('code', 'Something is wrong.');
    const line = 'engramia-cutover: [code] Something is wrong.';
    expect(lines).toEqual([line, `${line} (3 more like it since the last warning)`, line]);
  });
});

describe('listeners of events', () => {
  const hub = () => new EventHub(logged().warnings);
  const gone = { route: 'chat', alive: false } as const;

  it('are none from the beginning where their signal has been aborted', () => {
    const events = hub();
    const heard: unknown[] = [];
    using _none = events.on('gone', (event) => heard.push(event), {
      signal: AbortSignal.abort(),
    });
    expect(events.wants('gone')).toBe(false);
    events.emit('gone', gone);
    expect(heard).toEqual([]);
  });

  it('are taken away once, however often that is asked for', () => {
    const events = hub();
    const [one, two] = [0, 1].map(() => events.on('gone', () => undefined));
    for (let times = 0; times < 3; times += 1) one?.[Symbol.dispose]();
    expect(events.listeners.own.gone).toBe(1);
    expect(events.wants('gone')).toBe(true);
    two?.[Symbol.dispose]();
    expect(events.wants('gone')).toBe(false);
  });

  it('leave nothing on a signal that outlives them, and go with it', () => {
    const events = hub();
    const life = new AbortController();
    events.on('gone', () => undefined, { signal: life.signal })[Symbol.dispose]();
    expect(getEventListeners(life.signal, 'abort')).toEqual([]);
    events.on('gone', () => undefined, { signal: life.signal });
    life.abort();
    expect(events.wants('gone')).toBe(false);
  });
});

describe('durations', () => {
  it('beyond all that is told apart are the shortest, or the longest', () => {
    const [short, long] = [new Histogram(), new Histogram()];
    for (const ms of [0, 1e-9]) short.record(ms);
    for (const ms of [1e9, 1e12]) long.record(ms);
    expect(short.quantile(1)).toBeLessThan(0.002);
    expect(short.buckets()[0]?.count).toBe(2);
    expect(long.quantile(0.5)).toBeGreaterThan(1e6);
    expect(long.buckets().at(-1)?.count).toBe(0);
    expect([short.count, long.count]).toEqual([2, 2]);
  });
});

describe('draws', () => {
  it('that are no shares are none', () => {
    const given = [5, -1, Number.NaN, '0.5', 0.25, 1];
    const draw = safeDraws(() => given.shift() as number);
    expect(Array.from({ length: 6 }, draw)).toEqual([0, 0, 0, 0, 0.25, 1]);
  });
});
