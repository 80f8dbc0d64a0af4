import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { FetchExchange } from '../../src/router/adapters/fetch/fetch-exchange.ts';
import { chatRequest, startHandler } from './chat-handler.ts';

const url = 'http://chat.test/chat';

describe('an exchange of fetch', () => {
  it('charges a lane for its request and for the body that it holds', async () => {
    const bare = new FetchExchange(new Request(url), undefined);
    expect(bare.byteLength).toBe(4096);
    const holding = new FetchExchange(
      new Request(url, { method: 'POST', body: 'four' }),
      undefined,
    );
    await holding.hold({ maxBytes: 10, maxWaitMs: 1000, clock: fakeClock() });
    expect([holding.byteLength, holding.isHeld]).toEqual([4100, true]);
  });

  it('has a signal that is the request’s own, or the first of two', () => {
    const own = new AbortController();
    const request = new Request(url);
    expect(new FetchExchange(request, undefined).signal).toBe(request.signal);
    expect(new FetchExchange(request, { signal: request.signal }).signal).toBe(request.signal);
    const exchange = new FetchExchange(request, { signal: own.signal });
    expect([exchange.signal.aborted, exchange.gone]).toEqual([false, false]);
    own.abort();
    expect([exchange.signal.aborted, exchange.gone]).toEqual([true, true]);
  });

  it('has a request id and a way to be waited for only where it was given them', () => {
    const waitUntil = (): void => undefined;
    const given = new FetchExchange(new Request(url), { requestId: 'r-1', waitUntil });
    expect(given).toMatchObject({ requestId: 'r-1', waitUntil });
    const bare = new FetchExchange(new Request(url), {});
    expect([bare.requestId, bare.waitUntil]).toEqual([undefined, undefined]);
  });
});

describe('a tenant that the head names', () => {
  it.each<[string, () => unknown, string[]]>([
    ['nobody', () => undefined, []],
    ['an empty name', () => '', []],
    ['a number', () => 7, []],
    ['a promise', async () => 'acme', []],
    ['a promise that rejects', async () => Promise.reject(new Error('no')), []],
    [
      'an error',
      () => {
        throw new Error('no');
      },
      ['identify of chat'],
    ],
  ])('as %s is left to identify', async (_what, tenant, errors) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const identified: string[] = [];
    await using chat = await startHandler('off', {
      tenant: tenant as () => string,
      identify: () => {
        identified.push('asked');
        return { tenant: 'other', task: 'x' };
      },
    });
    const told: string[] = [];
    chat.handler.on('error', ({ operation, route }) => told.push(`${operation} of ${route}`));
    const tenants: string[] = [];
    chat.handler.on('decided', (event) => tenants.push(event.tenant));
    await chat.handler(chatRequest());
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect([identified, tenants, told, unhandled]).toEqual([['asked'], ['other'], errors, []]);
  });

  it('stands where identify names none, and gives way where it does', async () => {
    for (const [own, expected] of [
      [undefined, 'acme'],
      ['other', 'other'],
    ] as const) {
      await using chat = await startHandler('live', {
        tenant: () => 'acme',
        identify: () => ({ ...(own && { tenant: own }), task: 'x' }) as never,
      });
      const tenants: string[] = [];
      chat.handler.on('decided', (event) => tenants.push(event.tenant));
      await chat.handler(chatRequest());
      expect(tenants).toEqual([expected]);
    }
  });

  it('asks force and flags about nobody’s task', async () => {
    const asked: unknown[] = [];
    await using chat = await startHandler('off', {
      tenant: () => 'acme',
      force: ({ tenant, task }) => {
        asked.push([tenant, task]);
        return undefined;
      },
    });
    await chat.handler(chatRequest());
    expect(asked[0]).toEqual(['acme', '']);
  });
});

it('a body that cannot be held is told as what identify needs', async () => {
  await using chat = await startHandler('live', { maxBodyBytes: 1 });
  const causes: string[] = [];
  chat.handler.on('error', ({ error }) => causes.push(String(error.cause)));
  const response = await chat.handler(chatRequest('hi'));
  expect(await response.json()).toEqual({ reply: 'legacy: hi' });
  expect(causes).toEqual([
    expect.stringContaining('it was read before, is larger than maxBodyBytes'),
  ]);
});
