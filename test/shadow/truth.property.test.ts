import { createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts';
import { fakeEngramia } from '../../src/testing/fake-engramia.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';

const tenants = ['a', 'b', 'c'] as const;
const generations = [0, 1, 2] as const;
const keyOf = (tenant: string, generation: number): string => `key-${tenant}-${generation}`;

type Call = () => Promise<Response>;
type Signal = AbortSignal | null | undefined;

const failed = (status: number, error_code?: string, headers = {}): Response =>
  Response.json({ ...(error_code && { error_code }), detail: 'no' }, { status, headers });
const broken = (status = 500): Response => new Response('Internal Server Error', { status });
const network = (code: string, syscall?: string): Error =>
  Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error(), { code, syscall }),
  });
const hang = (signal: Signal): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });

/** What becomes of a call. Those whose name says so were done all the same. */
const fates = {
  fine: (call: Call) => call(),
  broken: async () => broken(),
  'broken, done': async (call: Call) => call().then(() => broken()),
  'gateway, done': async (call: Call) => call().then(() => broken(504)),
  'reset, done': async (call: Call) => call().then(() => Promise.reject(network('ECONNRESET'))),
  'hangs, done': async (call: Call, signal: Signal) => call().then(() => hang(signal)),
  'lacks fields, done': async (call: Call) => call().then(() => Response.json({})),
  'has more, done': async (call: Call) => {
    const answer = await call();
    const more = { ...((await answer.json()) as object), patternCount: 'x', more: {} };
    return Response.json(more, { status: answer.status, headers: answer.headers });
  },
  reset: async () => Promise.reject(network('ECONNRESET')),
  refused: async () => Promise.reject(network('ECONNREFUSED', 'connect')),
  hangs: async (_: Call, signal: Signal) => hang(signal),
  unauthorized: async () => failed(401, 'UNAUTHORIZED'),
  forbidden: async () => failed(403, 'FORBIDDEN'),
  'past due': async () => failed(402, 'ERROR'),
  'too large': async () => failed(413, 'PAYLOAD_TOO_LARGE'),
  invalid: async () => failed(422, 'VALIDATION_ERROR'),
  limited: async () => failed(429, 'RATE_LIMITED', { 'retry-after': '60' }),
  'limited by a proxy': async () => new Response('', { status: 429 }),
  full: async () => failed(429, 'QUOTA_EXCEEDED'),
  maintained: async () => failed(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '3600' }),
  'away for a moment': async () => failed(503, undefined, { 'retry-after': '5' }),
  away: async () => broken(503),
} as const;
type Fate = keyof typeof fates;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('offer' as const),
      tenant: fc.constantFrom(...tenants),
      via: fc.constantFrom('learn' as const, 'import' as const),
      count: fc.constantFrom(1, 3, 20, 70),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(10, 1_100, 7_000, 61_000, 200_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rotate' as const),
      tenant: fc.constantFrom(...tenants),
    }),
  },
);

const history = fc.record({
  steps: fc.array(step, { minLength: 2, maxLength: 14 }),
  fates: fc.array(
    fc.oneof(fc.constant<Fate>('fine'), fc.constantFrom(...(Object.keys(fates) as Fate[]))),
    { minLength: 1, maxLength: 10 },
  ),
  latencyMs: fc.constantFrom(0, 20, 800),
  skewMs: fc.constantFrom(0, 400, -37_000, 7_200_000),
  quota: fc.constantFrom(8_000, 40),
  limits: fc.record({
    maxCount: fc.constant(4_000),
    concurrency: fc.constantFrom(1, 4),
    deadlineMs: fc.constantFrom(3_000, 30_000),
    maxAgeMs: fc.constantFrom(30_000, 600_000),
  }),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

const withSkew = (clock: FakeClock, ms: number) => ({ ...clock, now: () => clock.now() + ms });

async function play({ steps, fates: given, latencyMs, skewMs, quota, limits }: History) {
  const clock = fakeClock();
  const keys = Object.fromEntries(
    tenants.flatMap((tenant) =>
      generations.map((at) => [keyOf(tenant, at), { tenant, role: 'admin' as const }]),
    ),
  );
  const fake = await fakeEngramia({ keys, clock: withSkew(clock, skewMs), quota });
  fake.setLatency(latencyMs);
  const revoked = new Set<string>();
  const current = new Map<string, number>();
  const latest = (tenant: string): string => keyOf(tenant, current.get(tenant) ?? 0);
  let calls = 0;
  const fetch = async (input: string | URL, init?: RequestInit): Promise<Response> => {
    const token = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? '';
    const text = String(init?.body ?? '');
    for (const [, owner] of text.matchAll(/<(\w)>/g)) expect(owner).toBe(token.split('-')[1]);
    if (revoked.has(token)) return failed(401, 'UNAUTHORIZED');
    const call = () => fake.fetch(input, { ...init, signal: null });
    return fates[given[calls++ % given.length] ?? 'fine'](call, init?.signal);
  };
  const client = createEngramiaClient({ baseUrl: fake.url, fetch, clock });
  const learner = keyPerTenant(client, async (tenant) => latest(tenant), { clock });
  const reporter = recorder(['settled', 'learned']);
  const lane = createLearnLane({ options: limits, learner, clock, random: () => 0.5, reporter });
  const offered = new Map<string, { tenant: string; task: string }>();
  const offer = (tenant: string, via: 'learn' | 'import'): void => {
    const requestId = `r${offered.size}`;
    const task = ['question', 'of', `<${tenant}>`, ...'pqrs'].join(` ${requestId}`);
    offered.set(requestId, { tenant, task });
    const learning = { via, runId: () => `run of <${tenant}>` };
    lane.offer(servedExchange({ requestId, tenant, task, reply: `for <${tenant}>`, learning }));
  };
  for (const one of steps) {
    if (one.do === 'wait') await clock.advance(one.ms);
    else if (one.do === 'offer')
      for (let left = one.count; left > 0; left--) offer(one.tenant, one.via);
    else if ((current.get(one.tenant) ?? 0) < 2) {
      revoked.add(latest(one.tenant));
      current.set(one.tenant, (current.get(one.tenant) ?? 0) + 1);
    }
  }
  const closing = lane.close(20_000);
  await clock.advance(60_000);
  await closing;
  await clock.advance(60_000);
  return { fake, lane, reporter, offered };
}

const sum = (counts: object): number =>
  Object.values(counts).reduce((total: number, count: number) => total + count, 0);

describe('what is told of exchanges, whatever becomes of the calls of a service that remembers', () => {
  it('Promises 2 and 4 (conservation, isolation): stored is there, failed is not, each is counted once, and none at another tenant', async () => {
    const seen: Record<string, number> = {};
    const property = fc.asyncProperty(history, async (given) => {
      const { fake, lane, reporter, offered } = await play(given);
      const { ok, unknown, failed: lost, timedOut, aborted, ...stats } = lane.stats();
      expect(stats.offered).toBe(offered.size);
      expect(stats.offered).toBe(stats.accepted + sum(stats.skipped) + sum(stats.dropped));
      expect(stats.accepted).toBe(sum(ok) + unknown + lost + timedOut + aborted);
      const outcomes = new Map(reporter.of('settled').map((one) => [one.requestId, one.outcome]));
      expect(reporter.of('settled')).toHaveLength(offered.size - sum(stats.dropped));
      const stored = new Map(tenants.map((tenant) => [tenant as string, fake.patterns(tenant)]));
      for (const [tenant, patterns] of stored) {
        for (const { task, code } of patterns) {
          for (const [, owner] of `${task}${code}`.matchAll(/<(\w)>/g)) expect(owner).toBe(tenant);
        }
      }
      const tasks = new Set([...stored.values()].flat().map(({ task }) => task));
      for (const [requestId, { task }] of offered) {
        const outcome = outcomes.get(requestId) ?? 'dropped';
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        const mustBe = outcome === 'stored' || outcome === 'deduplicated';
        const mayBe = mustBe || ['unknown', 'timedOut', 'aborted'].includes(outcome);
        if (mustBe || !mayBe) expect([outcome, tasks.has(task)]).toEqual([outcome, mustBe]);
      }
      const keys = new Set([...stored.values()].flat().map(({ key }) => key));
      for (const { patternKey = '' } of reporter.of('learned')) {
        if (patternKey !== '') expect(keys).toContain(patternKey);
      }
    });
    await fc.assert(property, { numRuns: 150 });
    expect(Object.keys(seen).sort()).toEqual(
      expect.arrayContaining(['aborted', 'budget', 'deduplicated', 'failed', 'stored', 'unknown']),
    );
  }, 120_000);
});
