import { fakeClock, fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calling } from './calling.ts';

const big = JSON.stringify({ task: 'x '.repeat(530_000), code: 'c', eval_score: 5 });
const good = { task: 'a task', code: 'c', eval_score: 5 };

describe('the order of checks', () => {
  it('sees the rate limit before the size', async () => {
    const fake = await fakeEngramia({ rateLimits: { perAddressPath: 0 } });
    expect((await calling(fake, '/v1/learn', { raw: big, key: null })).status).toBe(429);
  });

  it('sees the size before maintenance, and the key after both', async () => {
    const fake = await fakeEngramia();
    fake.down('maintenance');
    const { status, json } = await calling(fake, '/v1/learn', { raw: big, key: null });
    expect([status, json.error_code, json.error_context]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      { max_bytes: 1_048_576 },
    ]);
    expect((await calling(fake, '/v1/learn', { raw: '{', key: null })).status).toBe(503);
  });

  it('sees the syntax before the key, and the key before the schema', async () => {
    const fake = await fakeEngramia();
    const syntax = await calling(fake, '/v1/learn', { raw: 'not json', key: null });
    expect(syntax.status).toBe(422);
    expect(syntax.json.issues).toMatchObject([{ type: 'json_invalid', loc: ['body', 0] }]);
    expect((await calling(fake, '/v1/learn', { body: {}, key: null })).status).toBe(401);
  });

  it('sees the role before the schema, and the schema before the quota', async () => {
    const keys = { reads: { tenant: 't', role: 'reader' }, edits: { tenant: 't' } } as const;
    const fake = await fakeEngramia({ keys, quota: 1 });
    const role = await calling(fake, '/v1/learn', { body: {}, key: 'reads' });
    expect(role.json).toEqual({
      error_code: 'FORBIDDEN',
      detail: "Role 'reader' does not have permission 'learn'.",
    });
    await calling(fake, '/v1/learn', { body: good, key: 'edits' });
    expect((await calling(fake, '/v1/learn', { body: {}, key: 'edits' })).status).toBe(422);
    const full = await calling(fake, '/v1/learn', { body: good, key: 'edits' });
    expect([full.status, full.json.error_code, full.json.error_context]).toEqual([
      429,
      'QUOTA_EXCEEDED',
      { current: 1, limit: 1 },
    ]);
    expect(full.headers.get('retry-after')).toBeNull();
  });
});

describe('authentication', () => {
  const expected = 'Missing or malformed Authorization header. Expected: Bearer <key>';

  it.each([
    ['no header', {}, expected],
    ['a lower-case scheme', { authorization: 'bearer test-key' }, expected],
    ['X-API-Key', { 'x-api-key': 'test-key' }, expected],
    ['a wrong key', { authorization: 'Bearer wrong' }, 'Invalid API key.'],
    ['a token', { authorization: 'Bearer eyJhbGciOi' }, 'Invalid token.'],
  ])('refuses %s', async (_, headers, detail) => {
    const fake = await fakeEngramia();
    const { status, json } = await calling(fake, '/v1/health', { key: null, headers });
    expect([status, json]).toEqual([401, { error_code: 'UNAUTHORIZED', detail }]);
  });

  it('asks for no key at the version only', async () => {
    const fake = await fakeEngramia();
    const { status, json } = await calling(fake, '/v1/version', { key: null });
    expect([status, json.api_version]).toEqual([200, 'v1']);
    expect((await calling(fake, '/v1/health', { key: null })).status).toBe(401);
    expect((await calling(fake, '/v1/version', { method: 'HEAD' })).status).toBe(405);
  });

  it('crashes on a key that is not ASCII with JSON, and refuses it with a database', async () => {
    const headers = { authorization: 'Bearer schlüssel' };
    const json = await fakeEngramia({ mode: 'json' });
    const database = await fakeEngramia();
    expect((await calling(json, '/v1/health', { key: null, headers })).status).toBe(500);
    expect((await calling(database, '/v1/health', { key: null, headers })).status).toBe(401);
  });

  it('answers 503 when no keys are configured', async () => {
    const fake = await fakeEngramia({ keys: {} });
    const { status, json } = await calling(fake, '/v1/health', { key: 'any' });
    expect([status, json.error_code]).toEqual([503, 'STORAGE_ERROR']);
  });
});

describe('errors of the router', () => {
  it('answers unknown paths without a code', async () => {
    const fake = await fakeEngramia();
    for (const path of ['/v1/whoami', '/v1/governance/delete-scope', '/v1/%ff']) {
      const { status, json } = await calling(fake, path, { method: 'POST' });
      expect([status, json]).toEqual([404, { detail: 'Not Found' }]);
    }
  });

  it('redirects a trailing slash to an absolute address, and the fetch follows with the body', async () => {
    const fake = await fakeEngramia();
    expect((await calling(fake, '/v1/learn/', { body: good })).json.stored).toBe(true);
    const response = await fake.fetch(`${fake.url}/v1/learn/?a=b`, {
      method: 'POST',
      redirect: 'manual',
    });
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      'https://engramia.test/v1/learn?a=b',
    ]);
    const strict = fake.fetch(`${fake.url}/v1/learn/`, { method: 'POST', redirect: 'error' });
    await expect(strict).rejects.toThrow(TypeError);
  });

  it('tells unreadable bytes from unreadable JSON and from another type', async () => {
    const fake = await fakeEngramia();
    const bytes = await calling(fake, '/v1/learn', { raw: new Uint8Array([0x1f, 0x8b, 8, 0]) });
    expect([bytes.status, bytes.json]).toEqual([
      400,
      { detail: 'There was an error parsing the body' },
    ]);
    const type = await calling(fake, '/v1/learn', {
      body: good,
      headers: { 'content-type': 'text/plain' },
    });
    expect(type.json.issues).toMatchObject([{ type: 'model_attributes_type', loc: ['body'] }]);
  });

  it('sees a chunked body only when it is too late for a 413', async () => {
    const fake = await fakeEngramia();
    const response = await fake.fetch(`${fake.url}/v1/learn`, {
      method: 'POST',
      body: new Blob([big]).stream(),
      duplex: 'half',
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { detail: 'There was an error parsing the body' },
    ]);
  });
});

describe('headers', () => {
  it('echoes the request id, except on 413, 429 and 500', async () => {
    const fake = await fakeEngramia({ clock: fakeClock(), rateLimits: { perAddressPath: 2 } });
    const headers = { 'x-request-id': 'mine' };
    const id = async (path: string, raw = '{}') =>
      (await calling(fake, path, { raw, headers })).headers.get('x-request-id');
    expect(await id('/v1/learn')).toBe('mine');
    expect(await id('/v1/learn', big)).toBeNull();
    expect(await id('/v1/learn')).toBeNull();
    expect(await id('/nowhere')).toBe('mine');
    fake.down('error');
    expect(await id('/v1/recall')).toBeNull();
  });

  it('makes a request id of its own, and tells its date', async () => {
    const clock = fakeClock(Date.UTC(2026, 10, 22, 12));
    const { headers } = await calling(await fakeEngramia({ clock }), '/v1/version');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
    expect(headers.get('date')).toBe('Sun, 22 Nov 2026 12:00:00 GMT');
  });

  it('does not stay up when it is to go down in a way that there is not', async () => {
    const fake = await fakeEngramia();
    for (const how of ['timeout', null, 'toString'])
      expect(() => fake.down(how as never)).toThrow(
        /down\(\): how must be one of "refuse", "hang"/,
      );
  });

  it('keeps the health paths up in maintenance and says how long the rest takes', async () => {
    const fake = await fakeEngramia();
    fake.down('maintenance');
    expect((await calling(fake, '/v1/health')).status).toBe(200);
    for (const path of ['/v1/version', '/nowhere']) {
      const { status, headers, json } = await calling(fake, path);
      expect([status, headers.get('retry-after'), json]).toMatchObject([
        503,
        '3600',
        { error_code: 'SERVICE_UNAVAILABLE', error_context: { retry_after: 3600 } },
      ]);
    }
  });
});

describe('rate limits', () => {
  const status = async (...call: Parameters<typeof calling>) => (await calling(...call)).status;

  it('refuses the 61st call of a path until the next full minute of the wall clock', async () => {
    const clock = fakeClock(Date.UTC(2026, 0, 1, 0, 0, 51));
    const fake = await fakeEngramia({ clock });
    for (let call = 0; call < 60; call += 1) await calling(fake, '/v1/health');
    const { status: refused, headers, json } = await calling(fake, '/v1/health');
    expect([refused, headers.get('retry-after'), json]).toMatchObject([
      429,
      '60',
      { error_code: 'RATE_LIMITED', error_context: { retry_after: 60 } },
    ]);
    expect(await status(fake, '/v1/metrics')).toBe(200);
    await clock.advance(8_999);
    expect(await status(fake, '/v1/health')).toBe(429);
    await clock.advance(1);
    expect(await status(fake, '/v1/health')).toBe(200);
  });

  it('shares a path among all keys of an address, and believes X-Forwarded-For', async () => {
    const keys = { one: { tenant: 'a' }, two: { tenant: 'b' } };
    const fake = await fakeEngramia({ keys, clock: fakeClock() });
    for (let call = 0; call < 60; call += 1) await calling(fake, '/v1/health', { key: 'one' });
    expect(await status(fake, '/v1/health', { key: 'two' })).toBe(429);
    const headers = { 'x-forwarded-for': '10.0.0.9, 10.0.0.1' };
    expect(await status(fake, '/v1/health', { key: 'two', headers })).toBe(200);
  });

  it('allows ten calls a minute where a model would be asked', async () => {
    const fake = await fakeEngramia({ clock: fakeClock() });
    const seen = [];
    for (let call = 0; call < 11; call += 1) {
      seen.push(await status(fake, '/v1/evaluate', { body: {} }));
    }
    expect(seen).toEqual([...Array(10).fill(501), 429]);
  });

  it('counts 120 calls of a key over all paths, those that another limit refused included', async () => {
    const fake = await fakeEngramia({ clock: fakeClock(), rateLimits: { perAddressPath: 50 } });
    const seen = new Map<number, number>();
    for (const path of ['/v1/health', '/v1/metrics']) {
      for (let call = 0; call < 59; call += 1) {
        const answer = await status(fake, path);
        seen.set(answer, (seen.get(answer) ?? 0) + 1);
      }
    }
    expect(Object.fromEntries(seen)).toEqual({ 200: 100, 429: 18 });
    for (const expected of [200, 200, 429]) {
      expect(await status(fake, '/v1/billing/status')).toBe(expected);
    }
    expect(await status(fake, '/v1/jobs', { key: 'other' })).toBe(401);
  });

  it('counts nothing when told so', async () => {
    const fake = await fakeEngramia({ rateLimits: false });
    for (let call = 0; call < 130; call += 1) expect(await status(fake, '/v1/health')).toBe(200);
  });
});
