import { AsyncLocalStorage } from 'node:async_hooks';
import { createEngramiaClient, keyPerTenant, oneScope } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import type { LaneOptions } from '../../../src/core/contracts/lane.ts';
import { createLearnLane } from '../../../src/shadow/learn/learn-lane.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { fakeEngramia } from '../../../src/testing/fake-engramia.ts';
import { servedExchange } from '../exchanges.ts';
import { recorder } from '../recorder.ts';
import { failing, later, scopes, stored } from '../scopes.ts';

type Answers = Omit<Parameters<typeof scopes>[0], 'now'>;

function setUp(service: Answers = {}, options: LaneOptions = {}) {
  const clock = fakeClock();
  const reporter = recorder();
  const scope = scopes({ ...service, now: () => clock.monotonic() });
  const { learner } = scope;
  const lane = createLearnLane({ options, learner, clock, random: () => 0.5, reporter });
  return { clock, reporter, lane, ...scope };
}

describe('what is learned', () => {
  it('sends the served exchange to the scope of its tenant and counts it as stored', async () => {
    const { lane, clock, attempts, reporter } = setUp();
    const exchange = servedExchange({ task: 'Where is my parcel?', reply: 'On its way.' });
    expect(lane.offer(exchange)).toBe(true);
    await clock.advance(0);
    expect(attempts.map(({ scope, lesson }) => ({ scope, ...lesson }))).toEqual([
      {
        scope: 'scope-acme',
        task: 'Where is my parcel?',
        code: 'On its way.',
        evalScore: 5,
        runId: 'shadow:acme',
      },
    ]);
    expect(lane.stats()).toMatchObject({ accepted: 1, ok: { stored: 1 }, pending: 0, bytes: 0 });
    expect(exchange.ended).toBe(1);
    expect(reporter.of('learned')).toMatchObject([
      { outcome: 'stored', attempts: 1, leg: 'legacy' },
    ]);
    expect(reporter.of('settled')).toMatchObject([{ lane: 'learn', outcome: 'stored' }]);
  });

  it('scores what the candidate served as its own', async () => {
    const { lane, clock, attempts } = setUp();
    lane.offer(servedExchange({ leg: 'candidate' }));
    await clock.advance(0);
    expect(attempts[0]?.lesson.evalScore).toBe(7);
  });

  it('redacts task, reply and run id, removes NUL first, and cuts by code point', async () => {
    const { lane, clock, attempts } = setUp();
    const redact = (text: string): string => text.replaceAll('secret', '[x]');
    const learning = { redact, maxTaskChars: 12, maxCodeChars: 6, runId: () => 'run secret' };
    lane.offer(
      servedExchange({ task: 'my sec\0ret 🦊🦊🦊🦊🦊', reply: '🦊secret🦊🦊🦊🦊', learning }),
    );
    await clock.advance(0);
    const { task, code, runId } = attempts[0]?.lesson ?? {};
    expect({ task, code, runId }).toEqual({
      task: 'my [x] 🦊🦊🦊🦊🦊',
      code: '🦊[x]🦊🦊',
      runId: 'run [x]',
    });
  });

  it('keeps the request below the limit of the service', async () => {
    const { lane, clock, attempts } = setUp({}, { maxBytes: 100 * 1024 * 1024 });
    lane.offer(
      servedExchange({
        reply: '"'.repeat(500_000) + ' 中'.repeat(250_000),
        learning: { maxCodeChars: 500_000 },
      }),
    );
    lane.offer(
      servedExchange({ reply: ' 中'.repeat(500_000), learning: { maxCodeChars: 500_000 } }),
    );
    await clock.advance(0);
    expect(attempts).toHaveLength(2);
    for (const { lesson } of attempts) {
      expect(Buffer.byteLength(JSON.stringify(lesson))).toBeLessThan(1_048_576);
      expect(Buffer.byteLength(JSON.stringify(lesson))).toBeGreaterThan(900_000);
    }
  });

  it('never sends a half of an address that the cut went through', async () => {
    const { lane, clock, attempts } = setUp();
    const redact = (text: string): string => text.replace(/[a-z]+@[a-z]+\.test/g, '');
    const reply = `${'ab@cd.test '.repeat(3000)}`;
    lane.offer(servedExchange({ reply: `x ${reply}`, learning: { redact, maxCodeChars: 1000 } }));
    await clock.advance(0);
    expect(attempts[0]?.lesson.code.trim()).toBe('x');
  });
});

describe('what is not learned', () => {
  const cases = [
    ['no text in the reply', 'unreadable', { view: () => undefined }, 'view'],
    ['a view that throws', 'unreadable', { view: () => raise() }, 'view'],
    ['a view that rejects', 'unreadable', { view: () => Promise.reject(new Error()) }, 'view'],
    ['a short task', 'filtered', { minTaskChars: 100 }, undefined],
    ['what the filter refuses', 'filtered', { filter: () => false }, undefined],
    ['a filter that throws', 'filtered', { filter: () => raise() }, 'learn.filter'],
    ['a filter that answers later', 'filtered', { filter: late(false) }, 'learn.filter'],
    ['a filter that rejects', 'filtered', { filter: late(new Error()) }, 'learn.filter'],
    ['a filter that says no plain yes', 'filtered', { filter: () => 1 as never }, 'learn.filter'],
    ['a filter that says nothing', 'filtered', { filter: () => undefined as never }, undefined],
    ['a blank reply', 'filtered', { view: () => ({ text: ' \n\u0085' }) }, undefined],
    ['what redaction leaves blank', 'filtered', { redact: () => '' }, undefined],
    ['a redaction that throws', 'unreadable', { redact: () => raise() }, 'learn.redact'],
    ['a redaction that answers later', 'unreadable', { redact: late('safe') }, 'learn.redact'],
    ['a redaction that rejects', 'unreadable', { redact: late(new Error()) }, 'learn.redact'],
    ['a run id that answers later', 'unreadable', { runId: late('run-1') }, 'learn.runId'],
    ['a run id that rejects', 'unreadable', { runId: late(new Error()) }, 'learn.runId'],
    ['a run id that throws', 'unreadable', { runId: () => raise() }, 'learn.runId'],
  ] as const;

  it.each(cases)('%s is counted as skipped', async (_, reason, learning, operation) => {
    const { lane, clock, attempts, reporter } = setUp();
    const exchange = servedExchange({ learning });
    lane.offer(exchange);
    await clock.advance(0);
    expect(attempts).toEqual([]);
    expect(lane.stats()).toMatchObject({
      offered: 1,
      accepted: 0,
      skipped: { [reason]: 1 },
      pending: 0,
    });
    expect(reporter.failures.map((failure) => failure.operation)).toEqual(
      operation === undefined ? [] : [operation],
    );
    expect(reporter.of('settled')).toMatchObject([{ outcome: reason }]);
    expect(exchange.ended).toBe(1);
  });

  it('calls nothing for a tenant without a key, or whose key cannot be found out', async () => {
    const clock = fakeClock();
    const reporter = recorder();
    const learner = {
      targetOf: (tenant: string) =>
        tenant === 'none' ? undefined : Promise.reject(new Error('the vault is sealed')),
    };
    const lane = createLearnLane({ learner, clock, random: Math.random, reporter });
    lane.offer(servedExchange({ tenant: 'none' }));
    lane.offer(servedExchange({ tenant: 'sealed' }));
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ accepted: 0, skipped: { noKey: 2 } });
    expect(reporter.failures.map(({ operation }) => operation)).toEqual(['engramia.key']);
  });
});

describe('what never comes back', () => {
  const hanging = { view: () => new Promise<never>(() => {}) };

  it('in one tenant’s `view` keeps the others waiting no longer than its deadline', async () => {
    const { lane, clock, attempts } = setUp();
    const from = (tenant: string): void => {
      const learning = tenant === 'hung' ? hanging : {};
      lane.offer(servedExchange({ tenant, learning }));
    };
    for (let call = 0; call < 200; call++) from('hung');
    await clock.advance(0);
    for (let call = 0; call < 10; call++) from('b');
    await clock.advance(29_999);
    expect(attempts).toEqual([]);
    await clock.advance(1);
    expect(attempts.map(({ scope }) => scope)).toEqual(Array(10).fill('scope-b'));
    await clock.advance(3_600_000);
    for (let call = 0; call < 500; call++) from('hung');
    from('b');
    await clock.advance(0);
    expect(attempts).toHaveLength(11);
    expect(lane.stats()).toMatchObject({ timedOut: 16, dropped: { tenant: 684 }, pending: 0 });
  });

  it('in one tenant’s `view` keeps no other waiting that came at the same time', async () => {
    const { lane, clock, attempts } = setUp();
    for (let call = 0; call < 200; call++) {
      lane.offer(servedExchange({ tenant: 'hung', learning: hanging }));
    }
    for (let call = 0; call < 10; call++) lane.offer(servedExchange({ tenant: 'b' }));
    await clock.advance(0);
    expect(attempts.map(({ scope }) => scope)).toEqual(Array(10).fill('scope-b'));
  });

  it('lets its tenant be learned again when it does come back', async () => {
    const back: (() => void)[] = [];
    const view = (): Promise<{ text: string }> =>
      new Promise((resolve) => back.push(() => resolve({ text: 'An answer.' })));
    const { lane, clock, attempts } = setUp();
    for (let call = 0; call < 16; call++) lane.offer(servedExchange({ learning: { view } }));
    await clock.advance(30_000);
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ timedOut: 16, dropped: { tenant: 1 }, pending: 0 });
    for (const come of back) come();
    await clock.advance(0);
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(attempts).toHaveLength(1);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, bytes: 0 });
  });

  it('in one tenant’s key look-up keeps no other waiting for longer than ten seconds', async () => {
    const clock = fakeClock();
    const fetch = async (): Promise<Response> => Response.json({ stored: true, pattern_count: 1 });
    const base = { baseUrl: 'https://e.example', apiKey: 'k', pacing: false } as const;
    const client = createEngramiaClient({ ...base, fetch, clock });
    const lookup = (tenant: string): string | Promise<string> =>
      tenant === 'hung' ? new Promise(() => {}) : 'kb';
    const learner = keyPerTenant(client, lookup, { clock });
    const lane = createLearnLane({ learner, clock, random: Math.random, reporter: recorder() });
    for (let call = 0; call < 200; call++) lane.offer(servedExchange({ tenant: 'hung' }));
    await clock.advance(0);
    for (let call = 0; call < 10; call++) lane.offer(servedExchange({ tenant: 'b' }));
    await clock.advance(9_999);
    expect(lane.stats()).toMatchObject({ ok: { stored: 0 }, skipped: { noKey: 0 } });
    for (let turn = 0; turn < 20; turn++) await clock.advance(1);
    // One asks again; the others do not wait for it.
    expect(lane.stats()).toMatchObject({ ok: { stored: 10 }, skipped: { noKey: 199 }, pending: 1 });
  });

  it('asks a full scope again, although the task that was to ask was given up', async () => {
    const full = failing('quota');
    const { lane, clock, attempts } = setUp({ learn: (_, index) => (index === 0 ? full : stored) });
    lane.offer(servedExchange());
    await clock.advance(3_600_000);
    let come = (): void => {};
    const view = (): Promise<{ text: string }> =>
      new Promise((resolve) => {
        come = () => resolve({ text: 'An answer.' });
      });
    lane.offer(servedExchange({ learning: { view } }));
    await clock.advance(30_000);
    come();
    await clock.advance(0);
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(attempts).toHaveLength(2);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, timedOut: 1, skipped: { budget: 0 } });
  });
});

describe('one at a time', () => {
  it('sends a scope its lessons one after the other, whatever the concurrency', async () => {
    const { lane, clock, attempts, mostInFlight } = setUp({
      learn: (attempt) =>
        new Promise((resolve) => clock.setTimeout(() => resolve(stored), attempt ? 10 : 0)),
    });
    for (let index = 0; index < 12; index++) {
      lane.offer(servedExchange({ tenant: ['acme', 'beta'][index % 2] as string }));
    }
    await clock.advance(100);
    expect(attempts).toHaveLength(12);
    expect(mostInFlight()).toBe(1);
  });

  it('waits for pacing without holding a slot', async () => {
    const { lane, clock, attempts } = setUp(
      { readyInMs: (scope) => (scope === 'scope-slow' ? Math.max(0, 500 - clock.monotonic()) : 0) },
      { concurrency: 1 },
    );
    lane.offer(servedExchange({ tenant: 'slow' }));
    lane.offer(servedExchange({ tenant: 'fast' }));
    await clock.advance(100);
    expect(attempts.map(({ scope }) => scope)).toEqual(['scope-fast']);
    expect(lane.stats()).toMatchObject({ running: 0, pending: 1 });
    await clock.advance(400);
    expect(attempts.map(({ scope }) => scope)).toEqual(['scope-fast', 'scope-slow']);
  });
});

describe('delivery', () => {
  it('counts a near duplicate as deduplicated', async () => {
    const { lane, clock } = setUp({ learn: () => ({ kind: 'present', patternCount: 1 }) });
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(lane.stats().ok).toEqual({ stored: 0, deduplicated: 1 });
  });

  it.each([
    ['is confirmed as stored', true, 1, { ok: { stored: 1 } }],
    ['is retried once when nobody can tell', false, 2, { ok: { deduplicated: 1 } }],
  ])('what was perhaps stored %s', async (_, wasStored, attemptsMade, counts) => {
    const { lane, clock, attempts } = setUp({
      learn: (_attempt, index) =>
        index === 0 ? failing('perhaps') : { kind: 'present', patternCount: 1 },
      wasStored: () => wasStored,
    });
    lane.offer(servedExchange());
    await clock.advance(60_000);
    expect(attempts).toHaveLength(attemptsMade);
    expect(lane.stats()).toMatchObject(counts);
  });

  it('ends as unknown when the retry is ambiguous too', async () => {
    const { lane, clock, attempts } = setUp({
      learn: () => failing('perhaps'),
      wasStored: () => false,
    });
    lane.offer(servedExchange());
    await clock.advance(60_000);
    expect(attempts).toHaveLength(2);
    expect(lane.stats().unknown).toBe(1);
  });

  it('counts nothing as failed that the service stores before it fails, and then does not tell of', async () => {
    const clock = fakeClock();
    await using fake = await fakeEngramia({ clock });
    const { url: baseUrl, key: apiKey, fetch } = fake;
    const learner = oneScope(createEngramiaClient({ baseUrl, apiKey, fetch, clock }));
    const lane = createLearnLane({ learner, clock, random: () => 0.5, reporter: recorder() });
    fake.down('embeddings');
    for (let n = 0; n < 20; n++) {
      lane.offer(servedExchange({ requestId: `${n}`, task: `Where is my parcel number ${n}?` }));
    }
    await clock.advance(300_000);
    const { ok, unknown, failed } = lane.stats();
    expect(fake.patterns('default')).toHaveLength(20);
    expect([ok.deduplicated + unknown, failed]).toEqual([20, 0]);
    expect(unknown).toBeGreaterThan(0); // the retries of the address do not suffice for all
  });

  it('asks for what was perhaps stored since the first attempt', async () => {
    const since: number[] = [];
    const { lane, clock } = setUp({
      learn: () => failing('perhaps'),
      wasStored: (_, sinceMs) => {
        since.push(sinceMs);
        return false;
      },
    });
    await clock.advance(5000);
    const offeredAt = clock.now();
    lane.offer(servedExchange());
    await clock.advance(60_000);
    expect(since).toEqual([offeredAt, offeredAt]);
  });

  it('leaves an address alone for as long as it asks, and all its scopes with it', async () => {
    const { lane, clock, attempts, reporter } = setUp({
      learn: (_attempt, index) => (index === 0 ? later(20_000) : stored),
    });
    for (const tenant of ['acme', 'beta', 'gamma']) lane.offer(servedExchange({ tenant }));
    await clock.advance(0);
    const before = attempts.length;
    await clock.advance(19_000);
    expect(attempts).toHaveLength(before);
    await clock.advance(1000);
    expect(lane.stats().ok.stored).toBe(3);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['paused', 'resumed']);
  });

  it('stops a full scope, gives up what waits for it, and asks once after an hour', async () => {
    let isFull = true;
    const { lane, clock, attempts, reporter } = setUp({
      learn: () => (isFull ? failing('quota') : stored),
    });
    for (let index = 0; index < 3; index++) lane.offer(servedExchange());
    await clock.advance(0);
    expect(attempts).toHaveLength(1);
    expect(lane.stats()).toMatchObject({ failed: 3, pending: 0 });
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(lane.stats().skipped.budget).toBe(1);
    await clock.advance(3_600_000);
    isFull = false;
    lane.offer(servedExchange());
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(attempts).toHaveLength(2);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, skipped: { budget: 2 } });
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(lane.stats().ok.stored).toBe(2);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['quota', 'resumed']);
  });

  it('asks again when the task that asked a full scope came to nothing', async () => {
    let mode: 'full' | 'hang' | 'free' = 'full';
    const { lane, clock } = setUp({
      learn: (_attempt, _index, signal) =>
        mode === 'hang'
          ? new Promise((resolve) =>
              signal.addEventListener('abort', () => resolve(failing('perhaps')), { once: true }),
            )
          : mode === 'full'
            ? failing('quota')
            : stored,
    });
    lane.offer(servedExchange());
    await clock.advance(3_600_000);
    mode = 'hang';
    lane.offer(servedExchange());
    await clock.advance(30_000);
    mode = 'free';
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ failed: 1, timedOut: 1, ok: { stored: 1 } });
  });

  it('tries a refused key once more after a minute if it worked before', async () => {
    const answers = [stored, failing('unauthorized'), stored];
    const { lane, clock, attempts } = setUp({
      learn: (_attempt, index) => answers[index] ?? stored,
    });
    lane.offer(servedExchange());
    lane.offer(servedExchange());
    await clock.advance(59_000);
    expect(attempts).toHaveLength(2);
    await clock.advance(1000);
    expect(lane.stats()).toMatchObject({ ok: { stored: 2 }, failed: 0 });
  });

  it('opens the breaker of the scope when the key is refused again', async () => {
    const { lane, clock, attempts, reporter } = setUp({
      learn: (_attempt, index) => (index === 0 ? stored : failing('unauthorized')),
    });
    lane.offer(servedExchange());
    lane.offer(servedExchange());
    lane.offer(servedExchange());
    await clock.advance(60_000);
    expect(attempts).toHaveLength(3);
    expect(lane.stats()).toMatchObject({ failed: 1, pending: 1 });
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['paused', 'open']);
  });

  it('fails at once on a key that never worked, and waits longer each time', async () => {
    const { lane, clock, attempts } = setUp({ learn: () => failing('unauthorized') });
    for (let index = 0; index < 4; index++) lane.offer(servedExchange());
    await clock.advance(500_000);
    expect(attempts.map(({ at }) => at)).toEqual([0, 60_000, 180_000, 420_000]);
    expect(lane.stats().failed).toBe(4);
  });

  it('does not retry what is refused', async () => {
    const { lane, clock, attempts, reporter } = setUp({ learn: () => failing('refused') });
    lane.offer(servedExchange());
    await clock.advance(60_000);
    expect(attempts).toHaveLength(1);
    expect(lane.stats().failed).toBe(1);
    expect(reporter.failures.map(({ operation }) => operation)).toEqual(['engramia.learn']);
  });

  it('spends at most a tenth of its tries on retries, and a few more', async () => {
    const { lane, clock, attempts } = setUp({ learn: () => later(1) }, { maxCount: 1000 });
    for (let index = 0; index < 300; index++) {
      lane.offer(servedExchange({ tenant: `tenant-${index}` }));
    }
    await clock.advance(60_000);
    expect(lane.stats()).toMatchObject({ failed: 300, pending: 0 });
    expect(attempts.length).toBeGreaterThan(310);
    expect(attempts.length).toBeLessThanOrEqual(300 * 1.1 + 10);
  });
});

describe('the breaker of an address', () => {
  it('opens after five failures in a row and sends one probe at a time until one is answered', async () => {
    let isDown = true;
    const { lane, clock, attempts, reporter } = setUp({ learn: () => (isDown ? later() : stored) });
    for (let index = 0; index < 20; index++)
      lane.offer(servedExchange({ tenant: `t${index % 5}` }));
    await clock.advance(8000);
    const opened = reporter.of('delivery');
    expect(opened).toMatchObject([{ state: 'open', address: 'https://service.test' }]);
    const sent = attempts.length;
    await clock.advance(opened[0]?.forMs ?? 0);
    expect(attempts.length - sent).toBeLessThanOrEqual(1);
    await clock.advance(120_000);
    expect(attempts.length - sent).toBeLessThan(10);
    isDown = false;
    await clock.advance(120_000);
    expect(lane.stats()).toMatchObject({ pending: 0 });
    expect(lane.stats().ok.stored).toBeGreaterThan(13);
    expect(reporter.of('delivery').at(-1)?.state).toBe('closed');
  });

  it('does not wait for ever for a probe that never comes back', async () => {
    let mode: 'down' | 'hang' | 'up' = 'down';
    const { lane, clock } = setUp({
      learn: () => {
        if (mode === 'hang') return new Promise(() => {});
        return mode === 'down' ? later() : stored;
      },
    });
    for (let index = 0; index < 20; index++) lane.offer(servedExchange({ tenant: `t${index}` }));
    await clock.advance(8000);
    mode = 'hang';
    await clock.advance(40_000);
    mode = 'up';
    await clock.advance(200_000);
    expect(lane.stats()).toMatchObject({ pending: 0 });
    expect(lane.stats().ok.stored).toBeGreaterThan(10);
  });
});

describe('after an outage in which all that waited has expired', () => {
  it.each([
    ['the service was being maintained', later(3_600_000)],
    ['nobody answered', later()],
    ['the key was refused', failing('unauthorized')],
  ])('goes on, where %s', async (_, answer) => {
    let isDown = false;
    const { lane, clock } = setUp({ learn: () => (isDown ? answer : stored) });
    lane.offer(servedExchange());
    await clock.advance(0);
    isDown = true;
    for (let index = 0; index < 10; index++) lane.offer(servedExchange());
    await clock.advance(3_600_000);
    const { failed, timedOut } = lane.stats();
    expect(failed + timedOut).toBe(10);
    expect(timedOut).toBeGreaterThan(0);
    isDown = false;
    lane.offer(servedExchange());
    await clock.advance(1);
    expect(lane.stats()).toMatchObject({ ok: { stored: 2 }, pending: 0 });
  });
});

it('runs its callbacks in no one’s async context', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const look = <T>(value: T): T => {
    seen.push(storage.getStore());
    return value;
  };
  const { lane, clock } = setUp({ learn: () => look(stored) });
  const learning = {
    view: () => look({ text: 'A reply.' }),
    filter: () => look(true),
    redact: (text: string) => look(text),
  };
  storage.run('acme', () => lane.offer(servedExchange({ learning })));
  await storage.run('other', () => clock.advance(0));
  expect(lane.stats().ok.stored).toBe(1);
  expect(seen.length).toBeGreaterThan(4);
  expect(new Set(seen)).toEqual(new Set([undefined]));
});

/** A callback that answers in a promise, as no type allows. */
function late(answer: unknown): () => never {
  return () =>
    (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)) as never;
}

function raise(): never {
  throw new Error('broken');
}
