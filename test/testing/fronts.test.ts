import { createServer } from 'node:http';
import { fakeClock, fakeEngramia } from 'engramia-cutover/testing';
import { setupServer } from 'msw/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calling } from './calling.ts';

const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
const lesson = (task: string, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify({ task, code: 'c', eval_score: 5 }),
  ...(signal === undefined ? {} : { signal }),
});

async function start(options = {}) {
  const fake = await fakeEngramia(options);
  onTestFinished(() => fake[Symbol.asyncDispose]());
  return fake;
}

async function withMsw() {
  const fake = await start();
  const server = setupServer(...fake.handlers);
  server.listen({ onUnhandledFrame: 'bypass' });
  onTestFinished(() => server.close());
  return fake;
}

const errorOf = async (work: Promise<unknown>): Promise<TypeError> =>
  work.then(
    () => expect.unreachable('it was answered'),
    (error) => error,
  );

describe('one service behind three fronts', () => {
  it('keeps one state for fetch, msw and the loopback port', async () => {
    const fake = await withMsw();
    const { url } = await fake.listen();
    const counts: unknown[] = [];
    for (const [ask, base] of [
      [fake.fetch, fake.url],
      [fetch, fake.url],
      [fetch, url],
    ] as const) {
      const response = await ask(`${base}/v1/learn`, lesson(`task ${counts.length}`));
      counts.push(await response.json());
    }
    expect(counts).toMatchObject([1, 2, 3].map((pattern_count) => ({ pattern_count })));
    expect(fake.requests).toHaveLength(3);
  });

  it('follows the redirect of a trailing slash on every front', async () => {
    const fake = await withMsw();
    const { url } = await fake.listen();
    for (const base of [fake.url, url]) {
      const response = await fetch(`${base}/v1/learn/`, lesson(`slash ${base}`));
      expect(await response.json()).toMatchObject({ stored: true });
    }
  });

  it('reads a size over the port before the key', async () => {
    const { url } = await (await start()).listen();
    const body = 'x'.repeat(3_000_000);
    const response = await fetch(`${url}/v1/learn`, { method: 'POST', body });
    expect(response.status).toBe(413);
    const stream = new Blob([body]).stream();
    const chunked = { method: 'POST', body: stream, duplex: 'half' } as const;
    expect((await fetch(`${url}/v1/learn`, chunked)).status).toBe(400);
  });

  it('sends a date of its clock and no Keep-Alive header', async () => {
    const { url } = await (await start({ clock: fakeClock(0) })).listen();
    const response = await fetch(`${url}/v1/version`);
    expect(response.headers.get('date')).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(response.headers.get('keep-alive')).toBeNull();
  });

  it('answers no other address', async () => {
    const fake = await start();
    const error = await errorOf(fake.fetch('https://elsewhere.test/v1/version'));
    expect(error).toMatchObject({ name: 'TypeError', cause: { code: 'ENOTFOUND' } });
    expect(fake.requests).toEqual([]);
  });
});

describe('a service that is down', () => {
  it('refuses connections and listens again on the same port', async () => {
    const fake = await withMsw();
    const { url } = await fake.listen();
    expect((await fetch(`${url}/v1/version`)).status).toBe(200);
    fake.down();
    for (const [ask, base] of [
      [fetch, url],
      [fetch, fake.url],
      [fake.fetch, fake.url],
    ] as const) {
      const refused = await errorOf(ask(`${base}/v1/version`));
      expect(refused).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
    await fake.up();
    expect((await fetch(`${url}/v1/version`)).status).toBe(200);
    expect(fake.requests).toHaveLength(2);
  });

  it('refuses connections on a port that is opened meanwhile, too', async () => {
    const fake = await start();
    fake.down('refuse');
    const { url } = await fake.listen();
    const refused = await errorOf(fetch(`${url}/v1/version`));
    expect(refused).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await fake.up();
    expect((await fetch(`${url}/v1/version`)).status).toBe(200);
  });

  it('takes connections again when it is down in another way', async () => {
    const fake = await start();
    const { url } = await fake.listen();
    for (const how of ['error', 'maintenance'] as const) {
      fake.down('refuse');
      fake.down(how);
      expect((await fetch(`${url}/v1/version`)).status).toBe(how === 'error' ? 500 : 503);
    }
    await fake.up();
    expect((await fetch(`${url}/v1/version`)).status).toBe(200);
  });

  it('never answers when it hangs, and does nothing', async () => {
    const fake = await withMsw();
    const { url, close } = await fake.listen();
    fake.down('hang');
    const abort = new AbortController();
    const hanging = [
      fake.fetch(`${fake.url}/v1/learn`, lesson('one', abort.signal)),
      fetch(`${fake.url}/v1/learn`, lesson('two', abort.signal)),
      fetch(`${url}/v1/learn`, lesson('three')),
    ].map(errorOf);
    await expect.poll(() => fake.requests.length).toBe(3);
    await fake.up();
    expect((await calling(fake, '/v1/health')).json.pattern_count).toBe(0);
    abort.abort();
    await close();
    expect((await Promise.all(hanging)).map((error) => error.name)).toEqual([
      'AbortError',
      'AbortError',
      'TypeError',
    ]);
    expect(fake.requests.map((request) => request.status)).toEqual([
      undefined,
      undefined,
      undefined,
      200,
    ]);
  });

  it('does the work and breaks the connection when it is reset', async () => {
    const fake = await withMsw();
    const { url } = await fake.listen();
    fake.down('reset');
    const errors = [
      await errorOf(fake.fetch(`${fake.url}/v1/learn`, lesson('one'))),
      await errorOf(fetch(`${fake.url}/v1/learn`, lesson('two'))),
      await errorOf(fetch(`${url}/v1/learn`, lesson('three'))),
    ];
    expect(errors.map((error) => error.name)).toEqual(Array(3).fill('TypeError'));
    expect(errors.map(({ cause }) => (cause as { code?: string }).code).slice(0, 2)).toEqual(
      Array(2).fill('ECONNRESET'),
    );
    expect(fake.patterns('default').map((pattern) => pattern.task)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('answers 500 as plain text and does nothing when every handler fails', async () => {
    const fake = await start();
    fake.down('error');
    const {
      status,
      text,
      headers: sent,
    } = await calling(fake, '/v1/learn', {
      body: { task: 'a task', code: 'c', eval_score: 5 },
    });
    expect([status, text, sent.get('content-type')]).toEqual([
      500,
      'Internal Server Error',
      'text/plain; charset=utf-8',
    ]);
    expect(fake.patterns('default')).toEqual([]);
  });

  it('stores what a client did not wait for', async () => {
    const clock = fakeClock();
    const fake = await start({ clock });
    fake.setLatency(4000);
    const abort = new AbortController();
    const late = errorOf(fake.fetch(`${fake.url}/v1/learn`, lesson('slow', abort.signal)));
    await clock.advance(1000);
    abort.abort();
    expect((await late).name).toBe('AbortError');
    await clock.advance(3000);
    fake.setLatency(0);
    const again = await fake.fetch(`${fake.url}/v1/learn`, lesson('slow'));
    expect(await again.json()).toEqual({ stored: false, pattern_count: 1 });
  });

  it('answers a signal that was aborted before the call without a request', async () => {
    const fake = await start();
    const aborted = fake.fetch(`${fake.url}/v1/version`, { signal: AbortSignal.abort() });
    expect((await errorOf(aborted)).name).toBe('AbortError');
    expect(fake.requests).toEqual([]);
  });

  it('ends sockets that wait when it is disposed of, and closes twice without harm', async () => {
    const fake = await fakeEngramia();
    const { url, close } = await fake.listen();
    fake.down('hang');
    const waiting = errorOf(fetch(`${url}/v1/version`));
    await expect.poll(() => fake.requests.length).toBe(1);
    await fake[Symbol.asyncDispose]();
    expect((await waiting).name).toBe('TypeError');
    await close();
    const { port } = new URL(url);
    const server = createServer().listen(Number(port), '127.0.0.1');
    onTestFinished(() => void server.close());
    await expect.poll(() => server.listening).toBe(true);
  });
});

describe('what arrived', () => {
  it("tells whose key brought a text, so that one tenant's never hides under another's", async () => {
    const keys = { 'key-a': { tenant: 'a' }, 'key-b': { tenant: 'b' } };
    const fake = await start({ keys });
    const body = { task: "a's secret plan", code: 'c', eval_score: 5 };
    await calling(fake, '/v1/learn', { key: 'key-a', body });
    await calling(fake, '/v1/health', { key: 'key-b' });
    const holders = fake.requests
      .filter((request) => JSON.stringify(request.body ?? null).includes('secret plan'))
      .map((request) => request.tenant);
    expect(holders).toEqual(['a']);
    expect(fake.requests).toMatchObject([
      { method: 'POST', path: '/v1/learn', status: 200, project: 'default', body },
      { method: 'GET', path: '/v1/health', tenant: 'b', body: undefined },
    ]);
  });

  it('never holds a key', async () => {
    const fake = await start();
    await calling(fake, '/v1/health?limit=1', { key: 'some-other-key' });
    await calling(fake, '/v1/health');
    const text = JSON.stringify(fake.requests);
    expect(text).not.toMatch(/some-other-key|test-key/u);
    expect(fake.requests).toMatchObject([
      { key: expect.stringMatching(/^[0-9a-f]{12}$/u), tenant: undefined, query: 'limit=1' },
      { tenant: 'default' },
    ]);
  });
});

describe('options', () => {
  it('are refused all at once', async () => {
    const keys = { one: { tenant: 'a' }, two: { tenant: 'default', role: 'owner' } } as const;
    await expect(fakeEngramia({ mode: 'json', keys, quota: 0, url: 'nowhere' })).rejects.toThrow(
      /scope default\/default; in mode json all keys have the same role; url .*; quota/u,
    );
  });

  it.each([
    [{ mode: 'postgres' }, 'mode must be one of'],
    [{ quota: '10' }, 'quota must be a number above 0'],
    [{ rateLimits: { perKey: 'none' } }, 'rateLimits.perKey must be a number'],
    [{ rateLimits: { perKeys: 1 } }, 'rateLimits.perKeys is not an option'],
    [{ rateLimits: true }, 'rateLimits must be'],
    [{ keys: { secret: {} } }, 'key 1: tenant is missing'],
    [{ keys: { secret: { tenant: 'a', role: 'boss' } } }, 'key 1: role must be one of'],
    [{ keys: { secret: null } }, 'key 1 must be an object'],
    [{ keys: null }, 'keys must be an object'],
    [{ clock: {} }, 'clock must be'],
    [{ embeddings: 'no' }, 'embeddings must be'],
    [{ key: {} }, 'key is not an option'],
    [{ url: 'ftp://engramia.test' }, 'url must begin with'],
    [{ url: 'https://engramia.test/v1' }, 'url must be scheme, host'],
    [{ url: 'https://engramia.test/?v=1' }, 'url must be scheme, host'],
    [null, 'options must be an object'],
  ])(
    'are refused where they would fail in the middle of a test or mean nothing: %j',
    async (given, issue) => {
      const refused = fakeEngramia(given as never);
      await expect(refused).rejects.toThrow(issue);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_CUTOVER_INVALID_OPTIONS' });
      await expect(refused).rejects.not.toThrow('secret');
    },
  );

  it('are as if left out when undefined', async () => {
    const fake = await fakeEngramia({ rateLimits: { perAddressPath: undefined } as object });
    const calls = Array.from({ length: 61 }, () => calling(fake, '/v1/version'));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });
});
