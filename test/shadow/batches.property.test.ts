import { createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { fakeEngramia } from '../../src/testing/fake-engramia.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';

const tenants = ['acme', 'beta', 'gamma'] as const;

const failed = (status: number, error_code: string): Response =>
  Response.json({ error_code, detail: 'no' }, { status });

/** What becomes of one call. */
const behaviours = {
  ok: ({ records }: Body) => Response.json({ imported: records?.length, total: records?.length }),
  broken: () => new Response('Internal Server Error', { status: 500 }),
  hangs: () => new Promise<Response>(() => {}),
  reset: () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
  refused: () =>
    Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })),
  tooLarge: () => failed(413, 'PAYLOAD_TOO_LARGE'),
  invalid: () => failed(422, 'VALIDATION_ERROR'),
  limited: () => failed(429, 'RATE_LIMITED'),
  full: () => failed(429, 'QUOTA_EXCEEDED'),
  forbidden: () => failed(403, 'FORBIDDEN'),
  unauthorized: () => failed(401, 'UNAUTHORIZED'),
  maintenance: () => failed(503, 'SERVICE_UNAVAILABLE'),
} as const;
type Behaviour = keyof typeof behaviours;

interface Body {
  readonly records?: readonly { readonly key: string; readonly data: { readonly task: string } }[];
  readonly task?: string;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('offer' as const),
      tenant: fc.constantFrom(...tenants),
      via: fc.constantFrom(
        'import' as const,
        'import' as const,
        'import' as const,
        'learn' as const,
      ),
      count: fc.constantFrom(1, 2, 5, 40, 90),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 10, 400, 1000, 6000, 61_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
);

const schedule = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  answers: fc.array(
    fc.oneof(
      fc.constant<Behaviour>('ok'),
      fc.constantFrom<Behaviour>(...(Object.keys(behaviours) as Behaviour[])),
    ),
    { minLength: 1, maxLength: 8 },
  ),
  limits: fc.record({
    maxCount: fc.constantFrom(3, 100, 1000),
    maxBytes: fc.constantFrom(5000, 40_000, 2 ** 24),
    concurrency: fc.constantFrom(1, 2, 4),
    deadlineMs: fc.constantFrom(2000, 30_000),
    maxAgeMs: fc.constantFrom(1500, 600_000),
  }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

const sum = (counts: object): number =>
  Object.values(counts).reduce((total: number, count: number) => total + count, 0);

async function play({ steps, answers, limits }: Schedule): Promise<number> {
  const clock = fakeClock();
  const inFlight = new Map<string, number>();
  let [calls, most] = [0, 0];
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    const key = new Headers(init?.headers).get('authorization') ?? '';
    const body = JSON.parse(String(init?.body ?? '{}')) as Body;
    const records = body.records ?? [];
    const tasks = body.task === undefined ? records.map(({ data }) => data.task) : [body.task];
    // Isolation: whatever goes by a key is of its tenant.
    for (const task of tasks) expect(`Bearer key-of-${task.split(' ').at(-1)}`).toBe(key);
    expect(records.length).toBeLessThanOrEqual(64);
    expect(new Set(records.map((record) => record.key)).size).toBe(records.length);
    expect(String(init?.body ?? '').length).toBeLessThan(1_048_576);
    inFlight.set(key, (inFlight.get(key) ?? 0) + 1);
    most = Math.max(most, inFlight.get(key) ?? 0);
    const behaviour = answers[calls++ % answers.length] ?? 'ok';
    const answer = new Promise<Response>((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      const learned = behaviour === 'ok' && body.records === undefined;
      const given = learned
        ? Response.json({ stored: true, pattern_count: 1 })
        : behaviours[behaviour](body);
      Promise.resolve(given).then(resolve, reject);
    });
    return answer.finally(() => inFlight.set(key, (inFlight.get(key) ?? 1) - 1));
  };
  const base = { baseUrl: 'https://e.test', pacing: false, timeoutMs: 5000 } as const;
  const client = createEngramiaClient({ ...base, fetch, clock });
  const learner = keyPerTenant(client, (tenant) => `key-of-${tenant}`, { clock });
  const reporter = recorder(['settled', 'dropped', 'learned']);
  const lane = createLearnLane({
    options: limits,
    learner,
    clock,
    random: () => 0.5,
    reporter,
  });
  const exchanges: ReturnType<typeof servedExchange>[] = [];
  let refused = 0;
  const check = (): void => {
    const { ok, unknown, failed: lost, timedOut, aborted, pending, ...stats } = lane.stats();
    expect(stats.offered).toBe(stats.accepted + sum(stats.skipped) + sum(stats.dropped));
    expect(stats.accepted).toBe(sum(ok) + unknown + lost + timedOut + aborted + pending);
    for (const { ended } of exchanges) expect(ended).toBeLessThanOrEqual(1);
    const open = exchanges.filter(({ ended }) => ended === 0).length;
    expect(pending).toBe(open - refused);
    expect(reporter.of('learned')).toHaveLength(sum(ok));
    expect(pending).toBeLessThanOrEqual(limits.maxCount);
    expect(stats.bytes).toBeLessThanOrEqual(limits.maxBytes);
    expect(stats.running).toBeLessThanOrEqual(limits.concurrency);
    expect(most).toBeLessThanOrEqual(1);
  };
  const offer = (tenant: string, via: 'learn' | 'import'): void => {
    const requestId = `request-${exchanges.length}`;
    const task = `A question of ${tenant}`;
    const exchange = servedExchange({ requestId, tenant, task, learning: { via } });
    exchanges.push(exchange);
    if (!lane.offer(exchange)) refused++;
  };
  for (const one of steps) {
    if (one.do === 'offer') {
      for (let left = one.count; left > 0; left--) offer(one.tenant, one.via);
    } else if (one.do === 'wait') await clock.advance(one.ms);
    else void lane.flush(20);
    check();
  }
  const closing = lane.close(50);
  await clock.advance(60_000);
  await closing;
  check();
  expect(lane.stats()).toMatchObject({ pending: 0, bytes: 0, running: 0 });
  expect(clock.pending).toBe(0);
  return calls;
}

describe('batches under any schedule of offers and answers', () => {
  it('Promises 2, 3 and 4 (conservation, boundedness, isolation): each exchange ends once, within the bounds, under its own key', async () => {
    let calls = 0;
    const property = fc.asyncProperty(schedule, async (given) => {
      calls += await play(given);
    });
    await fc.assert(property, { numRuns: 250 });
    expect(calls).toBeGreaterThan(250);
  }, 120_000);
});

/** What becomes of a batch that arrives: how many times it is done, and what is answered. */
const deliveries = fc.record({
  times: fc.integer({ min: 1, max: 3 }),
  answer: fc.constantFrom('own', 'own', 'broken', 'reset', 'hangs'),
});

describe('redelivery', () => {
  it('stores exactly one pattern an exchange, however often a batch arrives and whatever is answered', async () => {
    let repeated = 0;
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(1, 3, 30, 70), { minLength: 1, maxLength: 4 }),
      fc.array(deliveries, { minLength: 1, maxLength: 6 }),
      async (bursts, scripts) => {
        const clock = fakeClock();
        const keys = { 'key-a': { tenant: 'a', role: 'admin' } } as const;
        const fake = await fakeEngramia({ keys, clock, rateLimits: false });
        let arrived = 0;
        const fetch = async (input: string | URL, init?: RequestInit): Promise<Response> => {
          const script = scripts[arrived++ % (scripts.length + 1)] ?? { times: 1, answer: 'own' };
          let own = await fake.fetch(input, init);
          for (let left = script.times - 1; left > 0; left--) {
            own = await fake.fetch(input, init);
            repeated++;
          }
          if (script.answer === 'own') return own;
          repeated++;
          if (script.answer === 'broken') return new Response('Internal', { status: 500 });
          if (script.answer === 'reset') throw Object.assign(new Error(), { code: 'ECONNRESET' });
          return new Promise((_, reject) => {
            init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
          });
        };
        const base = { baseUrl: fake.url, apiKey: 'key-a', pacing: false } as const;
        const client = createEngramiaClient({ ...base, fetch, clock });
        const learner = keyPerTenant(client, () => 'key-a', { clock });
        const reporter = recorder();
        const lane = createLearnLane({ learner, clock, random: () => 0.5, reporter });
        let count = 0;
        for (const burst of bursts) {
          for (let left = burst; left > 0; left--) {
            const requestId = `request-${count++}`;
            lane.offer(servedExchange({ requestId, tenant: 'a', learning: { via: 'import' } }));
          }
          await clock.advance(1200);
        }
        for (let minute = 0; minute < 10; minute++) await clock.advance(60_000);
        const stored = fake.patterns('a').map(({ key }) => key);
        expect(new Set(stored).size).toBe(count);
        expect(stored).toHaveLength(count);
        const { ok, unknown, pending } = lane.stats();
        expect(ok.stored + ok.deduplicated + unknown).toBe(count);
        expect(pending).toBe(0);
        for (const { patternKey } of reporter.of('learned')) expect(stored).toContain(patternKey);
      },
    );
    await fc.assert(property, { numRuns: 60 });
    expect(repeated).toBeGreaterThan(60);
  }, 120_000);
});
