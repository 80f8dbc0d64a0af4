import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngramiaClient, type EngramiaClientOptions, type FetchLike } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { isCutoverError } from '../../src/core/errors.ts';
import { countedListeners } from '../counted-listeners.ts';
import { failureOf } from './failure-of.ts';
import { type Answer, loopbackService } from './loopback-service.ts';
import { ManualClock } from './manual-clock.ts';

const lesson = { task: 'Parse CSV', code: 'Stream it.', evalScore: 5 };

async function learnAgainst(answer: Answer, options: EngramiaClientOptions = {}) {
  const service = await loopbackService(answer);
  const client = createEngramiaClient({ baseUrl: service.url, apiKey: 'key-1', ...options });
  const error = await failureOf(client.learn(lesson));
  return { error, url: service.url, requests: service.requests };
}

describe('a failed answer', () => {
  it('with a code and a detail names the code and the request id', async () => {
    const { error, url } = await learnAgainst({
      status: 404,
      json: { error_code: 'NOT_FOUND', detail: 'No such thing.', error_context: { a: 1 } },
      headers: { 'x-request-id': 'r-9' },
    });
    expect(error.message).toBe(`Request failed: POST ${url}/v1/learn answered 404 NOT_FOUND.`);
    expect(error).toMatchObject({ status: 404, errorCode: 'NOT_FOUND', requestId: 'r-9' });
    expect(error).toMatchObject({ name: 'EngramiaError', code: 'ERR_ENGRAMIA_HTTP', sent: true });
    expect(isCutoverError(error)).toBe(true);
  });

  it('with issues names the fields that were sent and their rules', async () => {
    const { error } = await learnAgainst({
      status: 422,
      json: {
        error_code: 'VALIDATION_ERROR',
        detail: 'Parse CSV is bad',
        issues: [
          { loc: ['body', 'task'], msg: 'Parse CSV', type: 'string_too_long' },
          { loc: ['body', 'secret field'], type: 'missing' },
          { loc: 7, type: 'Parse CSV' },
          null,
        ],
      },
    });
    expect(error.message).toContain(
      'answered 422 VALIDATION_ERROR (task: string_too_long; missing).',
    );
  });

  it('with a detail alone has no code', async () => {
    const { error } = await learnAgainst({ status: 405, json: { detail: 'Method Not Allowed' } });
    expect(error).toMatchObject({ status: 405, errorCode: undefined, requestId: undefined });
  });

  it('of a path that the service does not have sends to the address', async () => {
    const { error } = await learnAgainst({ status: 404, json: { detail: 'Not Found' } });
    expect(error.message).toMatch(/answered 404 \(no such path, check baseUrl\)\.$/);
  });

  it('in plain text has no code', async () => {
    const { error } = await learnAgainst({ status: 500, text: 'Internal Server Error' });
    expect(error).toMatchObject({ status: 500, errorCode: undefined });
    expect(error.message).toMatch(/answered 500\.$/);
  });

  it.each(['', 'null', '[]', '"x"', '{"error_code":7,"error_context":null}'])(
    'with the body %j is told by its status',
    async (text) => {
      const { error } = await learnAgainst({ status: 502, text });
      expect(error).toMatchObject({ status: 502, errorCode: undefined, retryAfterMs: undefined });
    },
  );

  it('for lack of rights names the role and what it lacks', async () => {
    const { error } = await learnAgainst({
      status: 403,
      json: {
        error_code: 'FORBIDDEN',
        detail: "Role 'reader' does not have permission 'audit:read'.",
      },
    });
    expect(error.role).toBe('reader');
    expect(error.message).toContain('(the role reader does not include audit:read)');
  });

  it('that breaks off in its body still has its status', async () => {
    const { error } = await learnAgainst({
      byHand: (response) => {
        response.writeHead(413, { 'content-length': '100' });
        response.write('{"error', () => response.destroy());
      },
    });
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_HTTP', status: 413 });
  });

  it.each([
    ['RATE_LIMITED', { 'retry-after': '60', date: 'Sun, 22 Nov 2026 12:00:51 GMT' }, 9_000],
    ['QUOTA_EXCEEDED', {}, undefined],
    [undefined, { 'retry-after': '7' }, 7_000],
  ])('429 %s waits for the full minute, or as told', async (error_code, headers, retryAfterMs) => {
    const clock = new ManualClock(Date.UTC(2026, 10, 22, 12, 0, 51));
    const answer = { status: 429, json: { error_code }, headers };
    expect((await learnAgainst(answer, { clock })).error).toMatchObject({
      errorCode: error_code,
      retryAfterMs,
    });
  });

  it.each([
    [503, null, undefined],
    [503, 0, undefined],
    [503, -1, undefined],
    [503, true, undefined],
    [503, [], undefined],
    [503, 0.2, undefined],
    [503, 1e300, undefined],
    [503, 7, 7_000],
    [503, '7', 7_000],
    [429, null, 9_000],
    [429, 0, 9_000],
  ])('%i with %j in its body waits as told, or by our own rule', async (status, told, waitMs) => {
    const clock = new ManualClock(Date.UTC(2026, 10, 22, 12, 0, 51));
    for (const header of [{}, { 'retry-after': '0' }]) {
      const headers = { ...header, date: 'Sun, 22 Nov 2026 12:00:51 GMT' };
      const answer = { status, json: { error_context: { retry_after: told } }, headers };
      expect((await learnAgainst(answer, { clock })).error.retryAfterMs).toBe(waitMs);
    }
  });

  it.each([
    [{ 'retry-after': '3600' }, 3_600_000],
    [
      { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT', date: 'Sun, 22 Nov 2026 12:00:10 GMT' },
      20_000,
    ],
    [{ 'retry-after': '7200' }, 3_600_000],
    [{ 'retry-after': '99999999999' }, undefined],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, undefined],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
  ])(
    '503 with %j waits as told, at most an hour, or by our own rule',
    async (headers, retryAfterMs) => {
      expect((await learnAgainst({ status: 503, headers })).error.retryAfterMs).toBe(retryAfterMs);
    },
  );
});

describe('a redirect', () => {
  it('is not followed, so that the key stays with its origin', async () => {
    const other = await loopbackService();
    const { error, requests } = await learnAgainst({
      status: 307,
      headers: { location: `${other.url}/v1/learn` },
    });
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_HTTP', status: 307 });
    expect(error.message).toContain('redirects are not followed, check baseUrl');
    expect([requests.length, other.requests.length]).toEqual([1, 0]);
  });
});

describe('an answer that cannot be used', () => {
  it.each(['not json', '', '{"stored":'])('such as %j is a response error', async (text) => {
    expect((await learnAgainst({ text })).error).toMatchObject({
      code: 'ERR_ENGRAMIA_RESPONSE',
      sent: true,
      status: 200,
    });
  });

  it('is cut off while it streams when it is too long', async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { error } = await learnAgainst(
      {
        byHand: (response) => {
          response.on('close', closed);
          const more = (): void => {
            while (!response.destroyed && response.write('x'.repeat(10_000)));
            if (!response.destroyed) response.once('drain', more);
          };
          more();
        },
      },
      { maxResponseBytes: 50_000 },
    );
    expect(error.code).toBe('ERR_ENGRAMIA_RESPONSE');
    expect(error.message).toContain('longer than 50000 bytes');
    await gone;
  });

  it('has a cap of its own for exports', async () => {
    const data = { task: 'x'.repeat(100_000) };
    const json = { records: [{ version: 1, key: 'patterns/a', data }], count: 1 };
    const { url } = await loopbackService({ json });
    const options = { baseUrl: url, apiKey: 'k', maxResponseBytes: 1000 };
    expect((await createEngramiaClient(options).export()).count).toBe(1);
    const capped = createEngramiaClient({ ...options, maxExportBytes: 1000 });
    expect((await failureOf(capped.export())).code).toBe('ERR_ENGRAMIA_RESPONSE');
  });
});

describe('no answer', () => {
  it('because nobody listens was certainly not sent', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const client = createEngramiaClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'k' });
    const error = await failureOf(client.learn(lesson));
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_NETWORK', sent: false });
    expect(error.message).toContain('(ECONNREFUSED)');
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('because https was asked of what speaks http says so', async () => {
    const { url } = await loopbackService();
    const baseUrl = url.replace('http:', 'https:');
    const error = await failureOf(createEngramiaClient({ baseUrl, apiKey: 'k' }).learn(lesson));
    expect(error.code).toBe('ERR_ENGRAMIA_NETWORK');
    expect(error.message).toContain('got no answer (ERR_SSL_WRONG_VERSION_NUMBER)');
  });

  it('because the connection was reset may have been sent', async () => {
    const { error } = await learnAgainst({
      byHand: (_response, request) => request.socket.destroy(),
    });
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_NETWORK', sent: true });
  });
});

describe('the deadline', () => {
  it('covers waiting for the headers', async () => {
    const clock = new ManualClock();
    const { error } = await learnAgainst(
      { byHand: () => clock.advance(30) },
      { timeoutMs: 30, clock },
    );
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_TIMEOUT', sent: true });
    expect(error.message).toMatch(/^Request timed out: POST .* after 30 ms\.$/);
  });

  it('covers waiting for the body', async () => {
    const clock = new ManualClock();
    let status: number | undefined;
    const fetch: FetchLike = async (input, init) => {
      const response = await globalThis.fetch(input, init);
      status = response.status;
      setImmediate(() => clock.advance(30)); // the headers have been handed over by then
      return response;
    };
    const { error } = await learnAgainst(
      { byHand: (response) => response.writeHead(200).flushHeaders() },
      { timeoutMs: 30, clock, fetch },
    );
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_TIMEOUT', sent: true });
    expect(status).toBe(200);
  });

  it.each(['is never sent', 'hangs in its middle'])(
    'leaves a failed answer its status when its body %s',
    async (how) => {
      const clock = new ManualClock();
      const fetch = async () => {
        setImmediate(() => clock.advance(30));
        const start = (body: ReadableStreamDefaultController<Uint8Array>): void => {
          if (how === 'hangs in its middle') body.enqueue(new TextEncoder().encode('{"detail":'));
        };
        return new Response(new ReadableStream({ start }), { status: 503 });
      };
      const options = { baseUrl: 'https://e.example', apiKey: 'k', fetch, clock, timeoutMs: 30 };
      const error = await failureOf(createEngramiaClient(options).metrics());
      expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_HTTP', status: 503 });
    },
  );

  it('can be set for one call', async () => {
    const { url } = await loopbackService({ byHand: () => {} });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k' });
    const error = await failureOf(client.metrics({ timeoutMs: 20 }));
    expect(error.message).toContain('after 20 ms');
  });

  it('cancels a body that hangs although its fetch ignores the signal', async () => {
    const clock = new ManualClock();
    let cancelled: () => void = () => {};
    const cancellation = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const fetch = async () => {
      setImmediate(() => clock.advance(100));
      return new Response(new ReadableStream({ cancel: cancelled }));
    };
    const options = { baseUrl: 'https://e.example', apiKey: 'k', fetch, clock, timeoutMs: 100 };
    const error = await failureOf(createEngramiaClient(options).metrics());
    expect(error.code).toBe('ERR_ENGRAMIA_TIMEOUT');
    await cancellation;
  });

  it('ends the wait for a fetch that ignores its signal, and cancels what comes late', async () => {
    const clock = new ManualClock();
    let arrive: (response: Response) => void = () => {};
    const fetch = () =>
      new Promise<Response>((resolve) => {
        arrive = resolve;
      });
    const options = { baseUrl: 'https://e.example', apiKey: 'k', fetch, clock, timeoutMs: 100 };
    const call = failureOf(createEngramiaClient(options).metrics());
    clock.advance(100);
    expect((await call).code).toBe('ERR_ENGRAMIA_TIMEOUT');
    await new Promise<void>((resolve) => {
      arrive(new Response(new ReadableStream({ cancel: () => resolve() })));
    });
    expect(clock.waiting).toBe(0);
  });
});

describe("the caller's signal", () => {
  it('that has fired already keeps the call from being sent', async () => {
    const { url, requests } = await loopbackService();
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k' });
    const error = await failureOf(client.learn(lesson, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_ABORTED', sent: false });
    expect(requests).toHaveLength(0);
  });

  it('ends a call that was sent', async () => {
    const controller = new AbortController();
    const { url } = await loopbackService({ byHand: () => controller.abort() });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k' });
    const error = await failureOf(client.learn(lesson, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_ABORTED', sent: true });
  });

  it('keeps no listener of a call that ended', async () => {
    const listeners = countedListeners();
    const { signal } = listeners;
    const { url, requests } = await loopbackService({ json: { stored: true, pattern_count: 1 } });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k' });
    for (let i = 0; i < 20; i += 1) await client.learn(lesson, { signal });
    expect([requests.length, listeners.count]).toEqual([20, 0]);
  });
});
