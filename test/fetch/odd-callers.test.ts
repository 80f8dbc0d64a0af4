import { Readable } from 'node:stream';
import { type Stage, shadowSafe } from 'engramia-cutover';
import { type FetchInit, fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { oddInits } from '../router/odd-inits.ts';

const answers: readonly [Stage, string][] = [
  ['off', 'legacy: hi'],
  ['shadow', 'legacy: hi'],
  ['live', 'candidate: hi false'],
];

describe.each(Object.entries(oddInits))('a request that comes with %s', (_name, init) => {
  it.each(answers)('is answered as any other in stage %s', async (stage, answer) => {
    const chat = fetchCutover<unknown>({
      name: 'chat',
      legacy: async (request) => new Response(`legacy: ${await request.text()}`),
      candidate: async ({ signal }, request) =>
        `candidate: ${await request.text()} ${signal.aborted}`,
      identify: () => ({ tenant: 'acme', task: 'What is it?' }),
      flags: memoryFlags(stage),
    });
    const request = new Request('http://localhost/chat', { method: 'POST', body: 'hi' });
    const response = await chat(request, init as FetchInit<unknown>);
    expect(await response.text()).toBe(answer);
    expect((await chat.close()).drained).toBe(true);
  });
});

it('mirrors no request whose locals are copied later', async () => {
  let runs = 0;
  const chat = fetchCutover<unknown>({
    name: 'chat',
    legacy: () => new Response('legacy'),
    candidate: shadowSafe(() => {
      runs += 1;
      return 'candidate';
    }),
    identify: () => ({ tenant: 'acme', task: 'What is it?' }),
    snapshot: (async () => {
      throw new Error('written async');
    }) as never,
    flags: memoryFlags('shadow'),
    logger: { warn: () => undefined },
  });
  await (await chat(new Request('http://localhost/chat'))).text();
  await chat.close();
  expect([runs, chat.stats().mirror.skipped.unreadable]).toEqual([0, 1]);
});

const text = '{"message":"hi"}';
const headers = new Headers({ 'x-tenant': 'acme' });

/** Requests as other makers than the platform give them. */
const oddRequests: Readonly<Record<string, () => object>> = {
  'has no signal': () => ({ method: 'GET', url: 'http://localhost/', headers, body: null }),
  'says by null that it has no signal': () => ({
    ...{ method: 'GET', url: 'http://localhost/', headers, body: null },
    signal: null,
  }),
  'has a stream of Node’s for a body': () => ({
    ...{ method: 'POST', url: 'http://localhost/', headers, bodyUsed: false },
    body: Readable.from([text]),
    signal: null,
  }),
  'was put together by a test': () => ({ json: async () => JSON.parse(text) }),
};

describe.each(Object.entries(oddRequests))('a request that %s', (_what, make) => {
  it.each(['off', 'dualwrite', 'live'] as const)(
    'is the very one that legacy gets in stage %s, or is answered by the candidate',
    async (stage) => {
      const seen: unknown[] = [];
      const chat = fetchCutover({
        name: 'chat',
        legacy: async (request) => {
          seen.push(request);
          return new Response('answered');
        },
        candidate: async (_context, request) => {
          expect(request).toBeInstanceOf(Request);
          return 'answered';
        },
        tenant: (head) => head.headers.get('x-tenant') ?? undefined,
        identify: () => ({ task: 'What is it?' }),
        flags: memoryFlags(stage),
        logger: { warn: () => undefined },
      });
      const request = make();
      const response = await chat(request as Request);
      expect(await response.text()).toBe('answered');
      expect(seen.every((one) => one === request)).toBe(true);
      expect(chat.stats().routes.chat).toMatchObject({ calls: 1, fallbacks: 0 });
      await chat.close();
    },
  );
});
