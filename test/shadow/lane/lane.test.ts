import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.ts';
import { createLane } from '../../../src/shadow/lane/lane.ts';
import type { Gate } from '../../../src/shadow/work.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { type Job, jobLane as setUp } from '../job-lane.ts';
import { recorder } from '../recorder.ts';

describe('offer', () => {
  it('looks at nothing before the caller’s turn is over', async () => {
    const prepare = vi.fn(() => 'filtered' as const);
    const { lane, offer, clock } = setUp({}, { prepare });
    expect(offer('a1')).toEqual([true]);
    await Promise.resolve();
    expect(prepare).not.toHaveBeenCalled();
    await clock.advance(0);
    expect(prepare).toHaveBeenCalledOnce();
    expect(lane.stats().skipped.filtered).toBe(1);
  });

  it('counts what it cannot even size, and never throws', () => {
    const { lane, offer } = setUp({}, { sizeOf: () => raise() });
    expect(offer('a1')).toEqual([false]);
    expect(lane.stats()).toMatchObject({ offered: 1, skipped: { unreadable: 1 }, pending: 0 });
  });

  it('goes on with a reporter, a warning and an end that throw', async () => {
    const throwing = { listeners: {}, wants: raise, emit: raise, contained: raise };
    const clock = fakeClock();
    const lane = createLane<Job, Job>({
      name: 'learn',
      options: { maxCount: 1 },
      clock,
      reporter: throwing as never,
      warn: raise,
      work: {
        tenantOf: ({ tenant }) => tenant,
        sizeOf: () => 1,
        prepare: (job) => ({ ready: job, bytes: 1 }),
        run: () => 'stored',
        ended: raise,
      },
    });
    const job = { tenant: 'a', name: 'a1' };
    expect([lane.offer(job), lane.offer(job)]).toEqual([true, false]);
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, dropped: { count: 1 }, pending: 0 });
  });

  it('may be called again by whoever is told of a drop', async () => {
    const { lane, offer, ended, clock } = setUp(
      { maxCount: 4, concurrency: 1 },
      {
        ended: (job, ending) => {
          ended.push([job.name, ending]);
          if (ending === 'tenant') lane.offer({ tenant: 'c', name: 'c1' });
        },
      },
    );
    offer('a1', 'a2', 'a3', 'a4');
    expect(offer('b1')).toEqual([true]);
    expect(lane.stats().pending).toBe(4);
    await clock.advance(0);
    expect(ended.map(([name]) => name)).toEqual(['a4', 'a3']);
  });
});

describe('fairness', () => {
  it('lets tenants take turns, each in its own order', async () => {
    const { offer, finish, started, clock } = setUp({ concurrency: 1 });
    offer('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1');
    await clock.advance(0);
    for (const name of ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']) await finish(name);
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('lets gates take turns, and tenants behind each', async () => {
    const gate = (): Gate => ({ limit: 1, readyInMs: () => 0 });
    const [left, right] = [gate(), gate()];
    const at = (name: string, of: Gate): Job => ({ tenant: name.charAt(0), name, gate: of });
    const { offer, finish, started, clock } = setUp({ concurrency: 1 });
    offer(at('a1', left), at('a2', left), at('b1', left), at('b2', left), at('c1', right));
    await clock.advance(0);
    for (const name of ['a1', 'c1', 'b1', 'a2', 'b2']) await finish(name);
    expect(started).toEqual(['a1', 'c1', 'b1', 'a2', 'b2']);
  });

  it('lets a newcomer in at the cost of the newest of a tenant that fills the lane', async () => {
    const { lane, offer, ended, clock } = setUp({ maxCount: 8, concurrency: 1 });
    offer('a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8');
    expect(offer('a9', 'b1', 'b2', 'b3')).toEqual([false, true, true, false]);
    await clock.advance(0);
    expect(offer('c1')).toEqual([true]);
    expect(ended).toEqual([
      ['a8', 'tenant'],
      ['a7', 'tenant'],
      ['a6', 'tenant'],
    ]);
    expect(lane.stats().dropped).toEqual({ count: 1, bytes: 0, tenant: 4, closed: 0 });
  });

  it('turns a tenant away above its share while others are there, and not when it is alone', () => {
    const { lane, offer, ended } = setUp({ maxCount: 8, concurrency: 1 });
    offer('b1', 'a1', 'a2', 'a3');
    expect(lane.stats()).toMatchObject({ offered: 4, accepted: 3, pending: 3, tenants: 2 });
    expect(lane.stats().dropped.tenant).toBe(1);
    expect(ended).toEqual([['a3', 'tenant']]);
    const alone = setUp({ maxCount: 8 });
    alone.offer('a1', 'a2', 'a3');
    expect(alone.lane.stats()).toMatchObject({ accepted: 3, pending: 3 });
  });

  it('does so in its next turn, or as soon as somebody looks or needs the room', async () => {
    const { offer, ended, clock } = setUp({ maxCount: 8, concurrency: 1 });
    offer('b1', 'a1', 'a2', 'a3');
    expect(ended).toEqual([]);
    await clock.advance(0);
    expect(ended).toEqual([['a3', 'tenant']]);
    const full = setUp({ maxCount: 4, concurrency: 1 });
    expect(full.offer('b1', 'a1', 'a2', 'a3', 'c1')).toEqual([true, true, true, true, true]);
    expect(full.ended).toEqual([
      ['a2', 'tenant'],
      ['a3', 'tenant'],
    ]);
  });

  it('asks a closed gate again as soon as one of its tasks has ended', async () => {
    let isTaken = false;
    const gate: Gate = { limit: 2, readyInMs: () => (isTaken ? Number.POSITIVE_INFINITY : 0) };
    const { offer, started, clock } = setUp(
      {},
      {
        run: async ({ name }) => {
          started.push(name);
          isTaken = true;
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
          isTaken = false;
          return 'stored' as const;
        },
      },
    );
    offer({ tenant: 'a', name: 'a1', gate }, { tenant: 'a', name: 'a2', gate });
    await clock.advance(9);
    expect(started).toEqual(['a1']);
    await clock.advance(1);
    expect(started).toEqual(['a1', 'a2']);
  });

  it('does not look at what waits behind closed gates for each task that passes', async () => {
    const asked = vi.fn(() => 60_000);
    const { lane, offer, clock } = setUp(
      { maxCount: 3000, concurrency: 1 },
      { run: () => 'stored' },
    );
    for (let index = 0; index < 1000; index++) {
      offer({ tenant: `t${index}`, name: '', gate: { limit: 1, readyInMs: asked } });
    }
    await clock.advance(0);
    for (let index = 0; index < 1000; index++) offer(`free ${index}`);
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ ok: { stored: 750 }, pending: 1000 });
    expect(asked).toHaveBeenCalledTimes(1000);
  });
});

describe('deadlines', () => {
  it('counts a task that ignores its signal at once, keeps its slot, and counts it once', async () => {
    const signals: AbortSignal[] = [];
    let settle: () => void = () => {};
    const { lane, offer, clock, reporter, ended } = setUp(
      { concurrency: 1, deadlineMs: 100 },
      {
        run: (_, handle) => {
          signals.push(handle.signal);
          return new Promise((resolve) => {
            settle = () => resolve('stored');
          });
        },
      },
    );
    offer('a1', 'a2');
    await clock.advance(100);
    expect(lane.stats()).toMatchObject({ timedOut: 1, pending: 1, running: 1, bytes: 2 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(signals[0]?.reason).toMatchObject({ code: 'ERR_CUTOVER_DEADLINE' });
    expect(reporter.of('delivery')).toEqual([{ type: 'delivery', lane: 'learn', state: 'stuck' }]);
    settle();
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ timedOut: 1, ok: { stored: 0 }, running: 1, bytes: 1 });
    expect(reporter.of('delivery').at(-1)?.state).toBe('resumed');
    expect(signals).toHaveLength(2);
    settle();
    await clock.advance(0);
    expect(ended).toEqual([
      ['a1', 'timedOut'],
      ['a2', 'stored'],
    ]);
  });

  it('makes no abort controller for work that does not ask for its signal', async () => {
    const made = vi.spyOn(globalThis, 'AbortController');
    const { lane, offer, clock } = setUp({ deadlineMs: 100 });
    offer('a1');
    await clock.advance(100);
    expect(lane.stats().timedOut).toBe(1);
    expect(made).not.toHaveBeenCalled();
  });

  it('gives a signal that is aborted already to work that asks too late', async () => {
    const aborted: boolean[] = [];
    const { offer, clock } = setUp(
      { deadlineMs: 100 },
      {
        run: async (_, handle) => {
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 150));
          aborted.push(handle.signal.aborted);
          return 'stored' as const;
        },
      },
    );
    offer('a1');
    await clock.advance(150);
    expect(aborted).toEqual([true]);
  });

  it('ends what has waited too long, wherever it waits', async () => {
    const shut: Gate = { limit: 1, readyInMs: () => Number.POSITIVE_INFINITY };
    const { lane, offer, clock } = setUp(
      { maxAgeMs: 1000, deadlineMs: 5000 },
      {
        prepare: (job) =>
          job.gate ? { ready: job, bytes: 1, gate: job.gate } : new Promise(() => {}),
      },
    );
    offer({ tenant: 'a', name: 'gated', gate: shut });
    await clock.advance(0);
    for (let index = 0; index < 20; index++) offer(`b${index}`);
    await clock.advance(1000);
    // Sixteen are being prepared and have a deadline of their own.
    expect(lane.stats()).toMatchObject({ timedOut: 5, pending: 16 });
    await clock.advance(4000);
    expect(lane.stats()).toMatchObject({ timedOut: 21, pending: 0 });
  });

  it('ends each by its own age, also what waits behind what was offered after it', async () => {
    const gate: Gate = { limit: 1, readyInMs: () => Number.POSITIVE_INFINITY };
    const prepared = (job: Job) => ({ ready: job, bytes: 1, gate });
    const { offer, clock, ended } = setUp(
      { maxAgeMs: 1000 },
      {
        prepare: (job) =>
          job.name === 'a1'
            ? new Promise((resolve) => clock.setTimeout(() => resolve(prepared(job)), 100))
            : prepared(job),
      },
    );
    offer('a1');
    await clock.advance(50);
    offer('a2');
    await clock.advance(949);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([['a1', 'timedOut']]);
    await clock.advance(50);
    expect(ended).toEqual([
      ['a1', 'timedOut'],
      ['a2', 'timedOut'],
    ]);
  });

  it('ends what waits the oldest first when it is closed, whoever offered it', async () => {
    const gate: Gate = { limit: 1, readyInMs: () => Number.POSITIVE_INFINITY };
    const { lane, offer, clock, ended } = setUp();
    for (const name of ['a1', 'b1', 'a2']) {
      offer({ tenant: name.charAt(0), name, gate });
      await clock.advance(2);
    }
    const closing = lane.close(10);
    await clock.advance(10);
    await closing;
    expect(ended).toEqual(['a1', 'b1', 'a2'].map((name) => [name, 'aborted']));
  });

  it('ends all that has waited too long, however many they are', async () => {
    const shut: Gate = { limit: 1, readyInMs: () => Number.POSITIVE_INFINITY };
    const { lane, offer, clock } = setUp({ maxAgeMs: 1000, maxCount: 10_000, maxBytes: 10_000 });
    for (let index = 0; index < 10_000; index++) offer({ tenant: 'a', name: '', gate: shut });
    await clock.advance(999);
    expect(lane.stats().pending).toBe(10_000);
    await clock.advance(1);
    expect(lane.stats().timedOut).toBe(10_000);
  });

  it('starts a task again, at the head of its queue, when it is not done', async () => {
    const results = ['again', 'again', 'stored', 'stored'] as const;
    const seen: string[] = [];
    const { lane, offer, clock } = setUp(
      { concurrency: 1 },
      { run: async ({ name }) => results[seen.push(name) - 1] ?? 'failed' },
    );
    offer('a1', 'a2');
    await clock.advance(0);
    expect(seen).toEqual(['a1', 'a1', 'a1', 'a2']);
    expect(lane.stats()).toMatchObject({ ok: { stored: 2 }, pending: 0 });
  });
});

describe('overflow', () => {
  it('warns when the loss begins and when it is over, with the number', async () => {
    const { offer, finish, warn, clock, reporter } = setUp({ maxCount: 8, concurrency: 8 });
    offer('a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9');
    expect(warn).not.toHaveBeenCalled();
    await clock.advance(0);
    offer('a10', 'a11');
    await finish('a1');
    offer('a12', 'a13');
    await finish('a2', 'a3');
    expect(warn.mock.calls.map(([code]) => code)).toEqual(['CUTOVER_LANE_OVERFLOW']);
    await finish('a4', 'a5', 'a6', 'a7', 'a8', 'a12');
    expect(warn.mock.calls.map(([code]) => code)).toEqual([
      'CUTOVER_LANE_OVERFLOW',
      'CUTOVER_LANE_RECOVERED',
    ]);
    expect(warn.mock.calls[1]?.[1]).toContain('4 background tasks');
    expect(reporter.of('dropped')).toHaveLength(4);
  });

  it('drops what turns out too large when it is prepared', async () => {
    const { lane, offer, ended, clock } = setUp(
      { maxBytes: 100 },
      { prepare: (job) => ({ ready: job, bytes: 101 }) },
    );
    offer('a1');
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ accepted: 0, dropped: { bytes: 1 }, bytes: 0 });
    expect(ended).toEqual([['a1', 'bytes']]);
  });
});

describe('flush and close', () => {
  it('returns at once when there is nothing to wait for', async () => {
    const { lane, clock } = setUp();
    expect(await lane.flush(1000)).toMatchObject({ drained: true, counts: { pending: 0 } });
    expect(clock.pending).toBe(0);
  });

  it('waits until all has ended and reports what changed', async () => {
    const { lane, offer, finish, clock } = setUp();
    offer('a1');
    await clock.advance(0);
    await finish('a1');
    offer('a2');
    const flushed = lane.flush(1000);
    await clock.advance(0);
    await finish('a2');
    expect(await flushed).toMatchObject({
      drained: true,
      counts: { ok: { stored: 1 }, pending: 0 },
    });
  });

  it('gives up at its time, and says what is left', async () => {
    const { lane, offer, clock } = setUp();
    offer('a1', 'a2');
    const flushed = lane.flush(1000);
    await clock.advance(1000);
    expect(await flushed).toMatchObject({ drained: false, counts: { pending: 2 } });
  });

  it('aborts what is left at the end, and shares one report', async () => {
    const { lane, offer, clock, ended } = setUp({ concurrency: 1 });
    offer('a1', 'a2');
    await clock.advance(0);
    const [first, second] = [lane.close(100), lane.close(5)];
    expect(offer('a3')).toEqual([false]);
    await clock.advance(100);
    expect(await first).toMatchObject({ drained: false, counts: { aborted: 2, pending: 0 } });
    expect(await second).toBe(await first);
    expect(await lane.close(1)).toBe(await first);
    expect(lane.stats().dropped.closed).toBe(1);
    expect(ended).toEqual([
      ['a2', 'aborted'],
      ['a1', 'aborted'],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('aborts what was never prepared', async () => {
    const { lane, offer, clock } = setUp({}, { prepare: () => new Promise(() => {}) });
    for (let index = 0; index < 30; index++) offer(`a${index}`);
    const closed = lane.close(10);
    await clock.advance(10);
    expect(await closed).toMatchObject({ counts: { aborted: 30, pending: 0 } });
  });

  it('keeps its time on the real clock', async () => {
    const lane = createLane<Job, Job>({
      name: 'learn',
      clock: systemClock,
      reporter: recorder(),
      work: {
        tenantOf: ({ tenant }) => tenant,
        sizeOf: () => 1,
        prepare: (job) => ({ ready: job, bytes: 1 }),
        run: () => new Promise(() => {}),
        ended: () => {},
      },
    });
    lane.offer({ tenant: 'a', name: 'a1' });
    const started = performance.now();
    expect(await lane.flush(50)).toMatchObject({ drained: false });
    expect(await lane.close(50)).toMatchObject({ drained: false, counts: { aborted: 1 } });
    expect(performance.now() - started).toBeLessThan(200);
  });
});

it('works in no one’s async context', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen = new Set<unknown>();
  const { lane, offer, clock } = setUp(
    {},
    {
      prepare: (job) => {
        seen.add(storage.getStore());
        return { ready: job, bytes: 1 };
      },
      run: async () => {
        seen.add(storage.getStore());
        await turn();
        return 'stored' as const;
      },
      ended: () => seen.add(storage.getStore()),
    },
  );
  storage.run('acme', () => offer('a1', 'a2', 'a3', 'a4', 'a5', 'a6'));
  await storage.run('other', () => lane.flush(1000).then(() => clock.advance(0)));
  expect(lane.stats().ok.stored).toBe(6);
  expect([...seen]).toEqual([undefined]);
});

function raise(): never {
  throw new Error('broken');
}
