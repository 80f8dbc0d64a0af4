import { createEngramiaClient, type EngramiaClientOptions } from 'engramia-cutover';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacer } from '../../src/engramia/pacer.ts';
import { ServerClock } from '../../src/engramia/server-clock.ts';
import { failureOf } from './failure-of.ts';
import { ManualClock } from './manual-clock.ts';

const minute = 60_000;
const lesson = { task: 't', code: 'c', evalScore: 5 };
const answers: Record<string, unknown> = {
  learn: { stored: true, pattern_count: 1 },
  recall: { matches: [] },
  metrics: { runs: 1, success_rate: 1, avg_eval_score: null, pattern_count: 1, reuse_rate: 0 },
  import: { imported: 0, total: 0 },
};

/** A client at second 10 of a minute, of a service that answers from a table unless told otherwise. */
function paced(options: EngramiaClientOptions = {}) {
  const clock = new ManualClock();
  const state: { sent: number; next: Response | undefined } = { sent: 0, next: undefined };
  const fetch = async (url: string | URL) => {
    state.sent += 1;
    const { next } = state;
    state.next = undefined;
    return next ?? Response.json(answers[String(url).split('/').at(-1) ?? '']);
  };
  const base = { baseUrl: 'https://e.example', apiKey: 'key-1', fetch, clock };
  return { clock, state, client: createEngramiaClient({ ...base, ...options }) };
}

async function times(count: number, call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i += 1) await call();
}

describe('pacing', () => {
  it('refuses the learn beyond the limit at once, and opens with the next full minute', async () => {
    const { client, clock, state } = paced();
    await times(50, () => client.learn(lesson));
    expect(client.pacing.readyInMs('learn')).toBe(50_000);
    expect(await failureOf(client.learn(lesson))).toMatchObject({
      code: 'ERR_ENGRAMIA_PACED',
      retryAfterMs: 50_000,
      sent: false,
    });
    expect(state.sent).toBe(50);
    clock.advance(49_999);
    expect(client.pacing.readyInMs('learn')).toBe(1);
    clock.advance(1);
    expect(client.pacing.readyInMs('learn')).toBe(0);
    await client.learn(lesson);
  });

  it('counts a path over all keys of the family, and a key over all paths', async () => {
    const { client } = paced({ pacing: { learnsPerMinute: 3, callsPerMinutePerKey: 5 } });
    const other = client.withKey('key-2');
    await client.learn(lesson);
    await times(2, () => other.learn(lesson));
    expect(client.pacing.readyInMs('learn')).toBeGreaterThan(0);
    await times(4, () => client.metrics());
    expect((await failureOf(client.metrics())).code).toBe('ERR_ENGRAMIA_PACED');
    expect(client.pacing.readyInMs('recall')).toBeGreaterThan(0);
    expect(other.pacing.readyInMs('recall')).toBe(0);
    await times(3, () => other.metrics());
    expect((await failureOf(other.metrics())).code).toBe('ERR_ENGRAMIA_PACED');
  });

  it('leaves half of the recalls to served calls, and all learns to the shadow', async () => {
    const { client } = paced({
      pacing: { recallsPerMinute: 6, learnsPerMinute: 4, callsPerMinutePerKey: 1000 },
    });
    const shadow = { priority: 'shadow' } as const;
    await times(3, () => client.recall({ task: 't' }, shadow));
    expect(client.pacing.readyInMs('recall', 'shadow')).toBe(50_000);
    expect(client.pacing.readyInMs('recall')).toBe(0);
    await times(3, () => client.recall({ task: 't' }));
    expect(client.pacing.readyInMs('recall')).toBe(50_000);
    await times(4, () => client.learn(lesson, shadow));
    expect(client.pacing.readyInMs('learn', 'shadow')).toBe(50_000);
    expect(client.pacing.readyInMs('import', 'shadow')).toBe(0);
  });

  it('leaves half of a key to served calls', async () => {
    const { client } = paced({ pacing: { callsPerMinutePerKey: 4 } });
    const shadow = { priority: 'shadow' } as const;
    await times(2, () => client.learn(lesson, shadow));
    expect((await failureOf(client.metrics(shadow))).code).toBe('ERR_ENGRAMIA_PACED');
    await times(2, () => client.metrics());
  });

  it('does not count a call that was not sent', async () => {
    const { client } = paced({ pacing: { learnsPerMinute: 1 } });
    await failureOf(client.learn({ ...lesson, task: '' }));
    await failureOf(client.learn(lesson, { signal: AbortSignal.abort() }));
    await client.learn(lesson);
  });

  it('closes the path until the full minute of the service after RATE_LIMITED', async () => {
    const { client, state, clock } = paced();
    const headers = { 'retry-after': '60', date: new Date(clock.now()).toUTCString() };
    state.next = Response.json({ error_code: 'RATE_LIMITED' }, { status: 429, headers });
    expect((await failureOf(client.learn(lesson))).retryAfterMs).toBe(50_000);
    expect(client.pacing.readyInMs('learn')).toBe(50_000);
    expect(client.pacing.readyInMs('recall')).toBe(0);
    expect((await failureOf(client.learn(lesson))).code).toBe('ERR_ENGRAMIA_PACED');
    clock.advance(50_000);
    await client.learn(lesson);
  });

  it('does not close a minute for a refusal of the minute before', async () => {
    const { client, state, clock } = paced();
    clock.advance(50_000);
    const headers = { date: new Date(clock.now() - 1000).toUTCString() };
    state.next = Response.json({ error_code: 'RATE_LIMITED' }, { status: 429, headers });
    await failureOf(client.learn(lesson));
    expect(client.pacing.readyInMs('learn')).toBeLessThanOrEqual(1000);
  });

  it('does not close the path after QUOTA_EXCEEDED or 503', async () => {
    const { client, state } = paced();
    for (const [error_code, status] of [
      ['QUOTA_EXCEEDED', 429],
      ['SERVICE_UNAVAILABLE', 503],
    ] as const) {
      state.next = Response.json({ error_code }, { status, headers: { 'retry-after': '3600' } });
      await failureOf(client.learn(lesson));
      expect(client.pacing.readyInMs('learn')).toBe(0);
    }
  });

  it("follows the service's clock", async () => {
    const { client, state, clock } = paced({ pacing: { learnsPerMinute: 1 } });
    const date = new Date(clock.now() + 20_000).toUTCString();
    state.next = Response.json(answers.metrics, { headers: { date } });
    await client.metrics();
    expect(client.pacing.clockSkewMs).toBe(20_000);
    await client.learn(lesson);
    expect(client.pacing.readyInMs('learn')).toBe(30_000);
  });

  it('can be turned off', async () => {
    const { client, state } = paced({ pacing: false });
    await times(200, () => client.learn(lesson));
    state.next = Response.json({ error_code: 'RATE_LIMITED' }, { status: 429 });
    expect((await failureOf(client.learn(lesson))).retryAfterMs).toBe(50_000);
    expect(client.pacing.readyInMs('learn')).toBe(0);
    expect(state.sent).toBe(201);
  });
});

describe('a pacer', () => {
  it('keeps its counts when the clock is set back a little, and starts anew when it jumps', () => {
    const clock = new ManualClock(minute * 100);
    const pacer = createPacer(
      { learnsPerMinute: 1, recallsPerMinute: 1, callsPerMinutePerKey: 9 },
      new ServerClock(clock),
    );
    expect(pacer.take('learn', 'k', 'served')).toBe(0);
    clock.advance(-1);
    expect(pacer.take('learn', 'k', 'served')).toBe(minute + 1);
    clock.advance(-10 * minute);
    expect(pacer.take('learn', 'k', 'served')).toBe(0);
  });

  it('lets eight evaluations through a minute, four of them for the shadow', () => {
    const limits = { learnsPerMinute: 50, recallsPerMinute: 50, callsPerMinutePerKey: 100 };
    const counted = (priority: 'served' | 'shadow') => {
      const pacer = createPacer(limits, new ServerClock(new ManualClock()));
      const takes = Array.from({ length: 20 }, () => pacer.take('evaluate', 'k', priority));
      return takes.filter((waitMs) => waitMs === 0).length;
    };
    expect([counted('served'), counted('shadow')]).toEqual([8, 4]);
  });

  it('never lets more through than its limits, and tells beforehand what it will do', () => {
    const step = fc.record({
      path: fc.constantFrom('learn', 'recall', 'metrics'),
      key: fc.constantFrom('a', 'b'),
      priority: fc.constantFrom('served' as const, 'shadow' as const),
      wait: fc.nat(20_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const clock = new ManualClock(minute * 100);
        const limits = { learnsPerMinute: 4, recallsPerMinute: 5, callsPerMinutePerKey: 6 };
        const pacer = createPacer(limits, new ServerClock(clock));
        const counts = new Map<string, number>();
        for (const { path, key, priority, wait } of steps) {
          clock.advance(wait % 7 === 0 ? wait : 0);
          const told = pacer.readyInMs(path, key, priority);
          expect(pacer.take(path, key, priority)).toBe(told);
          expect(told).toBeLessThanOrEqual(minute);
          if (told > 0) continue;
          const at = Math.floor(clock.now() / minute);
          const names = [`${at} ${path}`, `${at} ${path} ${priority}`, `${at} key ${key}`];
          for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        const most = { learn: 4, recall: 5, 'recall shadow': 2, 'key a': 6, 'key b': 6 };
        for (const [name, count] of counts) {
          const limit = Object.entries(most).find(([rule]) => name.endsWith(` ${rule}`))?.[1];
          if (limit !== undefined) expect(count).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('forgets the oldest key beyond its bound', () => {
    const limits = { learnsPerMinute: 99_999, recallsPerMinute: 1, callsPerMinutePerKey: 1 };
    const pacer = createPacer(limits, new ServerClock(new ManualClock()));
    for (let i = 0; i < 10_001; i += 1) pacer.take('learn', `key-${i}`, 'served');
    expect(pacer.readyInMs('learn', 'key-0', 'served')).toBe(0);
    expect(pacer.readyInMs('learn', 'key-1', 'served')).toBeGreaterThan(0);
  });
});

describe("the service's clock", () => {
  it('is never estimated further off than the headers force it to be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.array(fc.tuple(fc.nat(5_000), fc.nat(900), fc.nat(900)), {
          minLength: 1,
          maxLength: 30,
        }),
        (skew, exchanges) => {
          const clock = new ManualClock(minute * 1000);
          const time = new ServerClock(clock);
          for (const [idle, there, back] of exchanges) {
            clock.advance(idle);
            const sent = clock.now();
            clock.advance(there);
            const date = Math.floor((clock.now() + skew) / 1000) * 1000;
            clock.advance(back);
            time.observe(date, sent, clock.now());
            expect(Math.abs(time.skewMs - skew)).toBeLessThanOrEqual(1000 + there + back);
          }
        },
      ),
    );
  });
});
