import { createHash } from 'node:crypto';
import { createEngramiaClient, type FetchLike, keyPerTenant, oneScope } from 'engramia-cutover';
import { fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it, vi } from 'vitest';
import type { LearnTarget, Lesson } from '../../src/core/contracts/learner.ts';
import { type Answer, loopbackService } from './loopback-service.ts';
import { ManualClock } from './manual-clock.ts';

const lesson: Lesson = { task: 'Přečti CSV', code: 'c', evalScore: 5, runId: 'shadow:a' };
const never = new AbortController();
const stored = { stored: true, pattern_count: 4 };

async function targetAt(answer: Answer, clock = new ManualClock()): Promise<LearnTarget> {
  const { url } = await loopbackService(answer);
  const client = createEngramiaClient({ baseUrl: url, apiKey: 'k', clock });
  return (await oneScope(client).targetOf('a')) as LearnTarget;
}

const failing = (status: number, error_code?: string, headers = {}): Answer => ({
  status,
  json: { error_code },
  headers,
});

describe('the outcome of a learn', () => {
  const rows: readonly [name: string, answer: Answer, outcome: object][] = [
    ['stored', { json: stored }, { kind: 'stored', patternCount: 4 }],
    ['present', { json: { ...stored, stored: false } }, { kind: 'present', patternCount: 4 }],
    ['full', failing(429, 'QUOTA_EXCEEDED'), { kind: 'quota' }],
    [
      'limited',
      failing(429, 'RATE_LIMITED', { date: 'Sun, 22 Nov 2026 12:00:51 GMT', 'retry-after': '60' }),
      { kind: 'later', afterMs: 9_000 },
    ],
    ['a bad key', failing(401, 'UNAUTHORIZED'), { kind: 'unauthorized' }],
    ...[400, 402, 403, 404, 405, 409, 413, 422, 501].map((status): [string, Answer, object] => [
      `status ${status}`,
      failing(status),
      { kind: 'refused' },
    ]),
    [
      'maintenance',
      failing(503, 'X', { 'retry-after': '3600' }),
      { kind: 'later', afterMs: 3.6e6 },
    ],
    ['unavailable', failing(503), { kind: 'later', afterMs: undefined }],
    ['a redirect', failing(307, undefined, { location: '/' }), { kind: 'refused' }],
    ...[500, 502, 504, 520].map((status): [string, Answer, object] => [
      `status ${status}`,
      failing(status),
      { kind: 'perhaps' },
    ]),
    ['a reset', { byHand: (_response, request) => request.socket.destroy() }, { kind: 'perhaps' }],
    ['a malformed answer', { json: { stored: 'yes' } }, { kind: 'perhaps' }],
    ['an answer that is no JSON', { text: 'ok' }, { kind: 'perhaps' }],
  ];

  it.each(rows)('after %s', async (_name, answer, outcome) => {
    const target = await targetAt(answer);
    expect(await target.learn(lesson, never)).toMatchObject(outcome);
  });

  it.each([
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'],
    // What Node says of certificates, and of sockets that it cannot open.
    ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_REJECTED'],
    ...['CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE', 'INVALID_CA', 'INVALID_PURPOSE'],
    ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ...['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EACCES', 'ENETUNREACH'],
  ])('after %s is later, since it was certainly not sent', async (code) => {
    const cause = Object.assign(new Error('x'), { code, syscall: 'connect' });
    const fetch = async () => Promise.reject(new TypeError('fetch failed', { cause }));
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: 'k', fetch });
    const target = await oneScope(client).targetOf('a');
    expect(await target?.learn(lesson, never)).toMatchObject({
      kind: 'later',
      error: { message: expect.stringContaining(`got no answer (${code})`) },
      afterMs: undefined,
    });
  });

  it.each(['learn', 'import'] as const)(
    'by %s is stored without a run id that is blank',
    async (via) => {
      await using fake = await fakeEngramia({ keys: { k: { tenant: 'a', role: 'admin' } } });
      const { url, key, fetch } = fake;
      const client = createEngramiaClient({ baseUrl: url, apiKey: key, fetch });
      const target = (await oneScope(client).targetOf('a')) as LearnTarget;
      for (const runId of ['', ' \n']) {
        const nameless = { ...lesson, runId, task: `Přečti CSV ${runId.length}` };
        const outcome =
          via === 'learn'
            ? target.learn(nameless, never)
            : target.import([{ ...nameless, key: `patterns/${runId.length}`, at: 0 }], never);
        expect(await outcome).toMatchObject({ kind: via === 'learn' ? 'stored' : 'imported' });
      }
      const bodies = JSON.stringify(fake.requests.map(({ body }) => body));
      expect([fake.patterns('a').length, bodies.includes('run_id')]).toEqual([2, false]);
    },
  );

  it.each([
    ['later when none of the addresses of its host took it', ['connect', 'connect'], 'later'],
    ['perhaps when one of them may have', ['connect', 'read'], 'perhaps'],
  ])('is %s', async (_what, syscalls, kind) => {
    const errors = syscalls.map((syscall) => Object.assign(new Error('x'), { syscall }));
    // As Node makes it: the code is that of the first, and nothing tells at what it failed.
    const cause = Object.assign(new AggregateError(errors), { code: 'ENETUNREACH' });
    const fetch = async () => Promise.reject(new TypeError('fetch failed', { cause }));
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: 'k', fetch });
    const target = await oneScope(client).targetOf('a');
    expect(await target?.learn(lesson, never)).toMatchObject({ kind });
  });

  it('is perhaps after a timeout, since it had arrived', async () => {
    const clock = new ManualClock();
    const target = await targetAt({ byHand: () => clock.advance(10_000) }, clock);
    expect(await target.learn(lesson, never)).toMatchObject({
      kind: 'perhaps',
      error: { code: 'ERR_ENGRAMIA_TIMEOUT' },
    });
  });

  it('is aborted before it was sent, and perhaps after', async () => {
    const target = await targetAt({ json: stored });
    expect(await target.learn(lesson, { signal: AbortSignal.abort() })).toMatchObject({
      kind: 'aborted',
    });
    const controller = new AbortController();
    const running = await targetAt({ byHand: () => controller.abort() });
    expect(await running.learn(lesson, controller)).toMatchObject({ kind: 'perhaps' });
  });

  it('is later when paced, refused when it can never be sent, aborted when closed', async () => {
    const clock = new ManualClock();
    const fetch = async () => Response.json(stored);
    const options = { baseUrl: 'https://e.example', apiKey: 'k', fetch, clock };
    const client = createEngramiaClient({ ...options, pacing: { learnsPerMinute: 1 } });
    const target = (await oneScope(client).targetOf('a')) as LearnTarget;
    expect(await target.learn({ ...lesson, task: '' }, never)).toMatchObject({ kind: 'refused' });
    expect(target.readyInMs()).toBe(0);
    await target.learn(lesson, never);
    expect(target.readyInMs()).toBe(50_000);
    expect(await target.learn(lesson, never)).toMatchObject({ kind: 'later', afterMs: 50_000 });
    await client.close();
    expect(await target.learn(lesson, never)).toMatchObject({ kind: 'aborted' });
  });

  it('is perhaps after a failure that is not the client’s own', async () => {
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: 'k' });
    vi.spyOn(client, 'learn').mockImplementation(() => {
      throw new Error('broken');
    });
    const target = await oneScope(client).targetOf('a');
    expect(await target?.learn(lesson, never)).toMatchObject({ kind: 'perhaps' });
  });
});

describe('whether a lesson was stored', () => {
  const hash = createHash('sha256').update(lesson.task).digest('hex').slice(0, 8);
  const since = 1_700_000_000_500;
  const event = (facts: object) => ({
    kind: 'learn',
    ts: 1_700_000_000.5,
    pattern_key: `patterns/${hash}_1_a`,
    ...facts,
  });
  const ask = async (events: object[], status = 200) => {
    const service = await loopbackService({
      status,
      json: { events, total: events.length },
      headers: { date: '' },
    });
    const client = createEngramiaClient({ baseUrl: service.url, apiKey: 'k' });
    const target = await oneScope(client).targetOf('a');
    const answer = await target?.wasStored(lesson, since, never);
    return { answer, query: service.requests[0]?.query };
  };

  it('is told by the key of its task among the events since then', async () => {
    const { answer, query } = await ask([event({ kind: 'recall' }), event({})]);
    expect(answer).toBe(true);
    expect(query).toEqual({ since: '1700000000', limit: '1000' });
  });

  it.each([
    { ts: 1_700_000_000.4 },
    { kind: 'recall' },
    { pattern_key: 'patterns/00000000_1_a' },
    { pattern_key: null },
  ])('is not told by an event with %j', async (facts) => {
    expect((await ask([event(facts)])).answer).toBe(false);
  });

  it.each([401, 403, 500, 503])('is not known after a %i', async (status) => {
    expect((await ask([event({})], status)).answer).toBe(false);
  });
});

describe('one scope', () => {
  it('is nobody’s who has no name, and the same for all others', () => {
    const client = createEngramiaClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k' });
    const source = oneScope(client);
    expect([source.targetOf(''), source.clientOf?.('')]).toEqual([undefined, undefined]);
    expect(source.targetOf('a')).toBe(source.targetOf('b'));
    expect(source.clientOf?.('a')).toBe(client);
  });
});

describe('a key per tenant', () => {
  const setup = (
    lookup: (tenant: string) => string | null | undefined | Promise<string | undefined>,
  ) => {
    const clock = new ManualClock();
    const state = { status: 200 };
    const fetch: FetchLike = async () => Response.json(stored, { status: state.status });
    const options = {
      baseUrl: 'https://e.example',
      apiKey: 'base-key',
      fetch,
      pacing: false,
    } as const;
    const asked = vi.fn(lookup);
    const scopes = keyPerTenant(createEngramiaClient(options), asked, { clock, maxTenants: 3 });
    return { clock, state, asked, scopes };
  };

  it('is looked up once within its time to live', async () => {
    const { scopes, asked, clock } = setup((tenant) => `key-${tenant}`);
    const target = await scopes.targetOf('a');
    clock.advance(59_999);
    expect(scopes.targetOf('a')).toBe(target);
    clock.advance(1);
    expect(await scopes.targetOf('a')).not.toBe(target);
    expect((await scopes.targetOf('a'))?.scope).toBe(target?.scope);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it.each([undefined, null])('that is %s is remembered as well', async (nothing) => {
    const { scopes, asked } = setup(() => nothing);
    expect(await scopes.targetOf('a')).toBeUndefined();
    expect(scopes.clientOf('a')).toBeUndefined();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is looked up once for concurrent calls', async () => {
    let tell: (key: string) => void = () => {};
    const { scopes, asked } = setup(
      () =>
        new Promise<string>((resolve) => {
          tell = resolve;
        }),
    );
    const calls = [scopes.targetOf('a'), scopes.clientOf('a'), scopes.targetOf('a')];
    tell('key-a');
    const [first, client, third] = await Promise.all(calls);
    expect(first).toBe(third);
    expect(client?.constructor).not.toBe(Object);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('whose look-up fails is asked for again, and no other key is used', async () => {
    const broken = new Error('vault is sealed');
    let fails = true;
    const { scopes, asked } = setup((tenant) => {
      if (fails) throw broken;
      return `key-${tenant}`;
    });
    await expect(scopes.targetOf('a')).rejects.toBe(broken);
    await expect(scopes.clientOf('a')).rejects.toBe(broken);
    fails = false;
    expect(await scopes.targetOf('a')).toBeDefined();
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it('whose look-up hangs has failed after ten seconds, and is asked for again', async () => {
    const tell: ((key: string) => void)[] = [];
    const { scopes, asked, clock } = setup(() => new Promise((resolve) => tell.push(resolve)));
    const early = Promise.allSettled([scopes.targetOf('a'), scopes.clientOf('a')]);
    clock.advance(9_999);
    const last = Promise.allSettled([scopes.targetOf('a')]);
    expect(asked).toHaveBeenCalledTimes(1);
    clock.advance(1);
    for (const result of [...(await early), ...(await last)]) {
      expect(result).toMatchObject({ reason: { code: 'ERR_ENGRAMIA_TIMEOUT' } });
    }
    const again = scopes.targetOf('a');
    expect(asked).toHaveBeenCalledTimes(2);
    tell[0]?.('late-key');
    await expect(scopes.targetOf('a')).rejects.toMatchObject({ code: 'ERR_ENGRAMIA_TIMEOUT' });
    tell[1]?.('key-a');
    const target = await again;
    expect(target?.scope).toBeDefined();
    expect(scopes.targetOf('a')).toBe(target);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(clock.waiting).toBe(0);
  });

  it.each(['', 'naïve', 'a b'])('that is %j is refused, not replaced', async (key) => {
    const { scopes } = setup(() => key);
    await expect(scopes.targetOf('a')).rejects.toMatchObject({
      code: 'ERR_CUTOVER_INVALID_OPTIONS',
    });
  });

  it('is forgotten after a 401, by learning and by the client alike', async () => {
    const { scopes, asked, state } = setup((tenant) => `key-${tenant}`);
    state.status = 401;
    const target = await scopes.targetOf('a');
    await scopes.targetOf('b');
    expect(await target?.learn(lesson, never)).toMatchObject({ kind: 'unauthorized' });
    const client = await scopes.clientOf('a');
    expect(asked.mock.calls).toEqual([['a'], ['b'], ['a']]);
    await client?.metrics().catch(() => {});
    await scopes.targetOf('b');
    await scopes.targetOf('a');
    expect(asked).toHaveBeenCalledTimes(4);
  });

  it('is kept after a 403', async () => {
    const { scopes, asked, state } = setup((tenant) => `key-${tenant}`);
    state.status = 403;
    const target = await scopes.targetOf('a');
    await target?.learn(lesson, never);
    await scopes.targetOf('a');
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('of the oldest tenant is forgotten beyond the bound', async () => {
    const { scopes, asked } = setup((tenant) => `key-${tenant}`);
    for (const tenant of ['a', 'b', 'c', 'd']) await scopes.targetOf(tenant);
    for (const tenant of ['b', 'c', 'd', 'a']) await scopes.targetOf(tenant);
    expect(asked.mock.calls.map(([tenant]) => tenant)).toEqual(['a', 'b', 'c', 'd', 'a']);
  });

  it('is found for tenants that are named like parts of an object', async () => {
    const { scopes, asked } = setup((tenant) => (tenant === '__proto__' ? 'key-p' : undefined));
    for (const tenant of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(await scopes.targetOf(tenant)).toBeUndefined();
    }
    expect(await scopes.targetOf('__proto__')).toBeDefined();
    expect(asked).toHaveBeenCalledTimes(4);
  });

  it('is not looked up for no tenant', () => {
    const { scopes, asked } = setup(() => 'key');
    expect(scopes.targetOf('')).toBeUndefined();
    expect(scopes.clientOf('')).toBeUndefined();
    expect(asked).not.toHaveBeenCalled();
  });

  it('that two tenants share gives them one scope', async () => {
    const { scopes } = setup((tenant) => (tenant === 'c' ? 'other' : 'same'));
    const [a, b, c] = [
      await scopes.targetOf('a'),
      await scopes.targetOf('b'),
      await scopes.targetOf('c'),
    ];
    expect(a?.scope).toBe(b?.scope);
    expect(a?.scope).not.toBe(c?.scope);
    expect(a?.address).toBe('https://e.example');
  });

  it('needs a function and a client', () => {
    const wrong = () => keyPerTenant({} as never, 'key' as never, { ttlMs: 0 });
    expect(wrong).toThrow(/client must .*; lookup must be a function, .*; ttlMs must be/);
  });
});

it('the options of a client in its place are refused, and told who makes one', () => {
  const options = { baseUrl: 'https://engramia.example', apiKey: 'key' } as never;
  for (const make of [() => oneScope(options), () => keyPerTenant(options, () => 'key')]) {
    expect(make).toThrow(
      /client must be an object with \w+\(\), as createEngramiaClient\(\) makes one/,
    );
  }
});
