import { once } from 'node:events';
import { type CallContext, createCutover } from 'engramia-cutover';
import { cutoverRoute, fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import Fastify, { type FastifyServerOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { listen, shut } from './servers.ts';

type Candidate = (context: CallContext) => unknown;

/** A chat over GET: of a request with a body Fastify gives the timeout up as soon as that was read. */
async function startChat(candidate: Candidate, server: FastifyServerOptions) {
  const cutover = createCutover({ flags: memoryFlags('live'), logger: { warn: () => undefined } });
  const app = Fastify({ forceCloseConnections: true, ...server });
  // Later, so that nothing of its answer is on its way when the candidate is told to stop.
  app.setErrorHandler(async (error: Error & { code: string }, _request, reply) => {
    await new Promise((resolve) => setImmediate(resolve));
    return reply.code(503).send(error.code);
  });
  await app.register(fastifyCutover, { cutover });
  let legacyCalls = 0;
  const chat = cutoverRoute({
    name: 'chat',
    read: () => ({}),
    identify: () => ({ tenant: 'acme', task: 'Build a CSV parser' }),
    candidate,
  });
  app.get('/chat', { config: { cutover: chat } }, async () => {
    legacyCalls += 1;
    return 'legacy';
  });
  const port = await listen(app);
  return {
    ask: (signal: AbortSignal | null = null) => fetch(`http://127.0.0.1:${port}/chat`, { signal }),
    route: () => cutover.stats().routes.chat,
    legacyCalls: () => legacyCalls,
    [Symbol.asyncDispose]: () => shut(app),
  };
}

describe('a candidate that takes longer than the route’s handlerTimeout', () => {
  it('is told to stop when Fastify answers in its place', async () => {
    let signal: AbortSignal | undefined;
    const candidate: Candidate = (context) => {
      signal = context.signal;
      return new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason));
      });
    };
    await using chat = await startChat(candidate, { handlerTimeout: 20 });
    const response = await chat.ask();
    expect([response.status, await response.text()]).toEqual([503, 'FST_ERR_HANDLER_TIMEOUT']);
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 'FST_ERR_HANDLER_TIMEOUT' });
    expect(chat.route()).toMatchObject({ failed: { candidate: 1, legacy: 0 }, fallbacks: 0 });
    expect(chat.legacyCalls()).toBe(0);
  });

  it('has its stream cancelled before the first chunk', async () => {
    const cancelled = Promise.withResolvers<void>();
    const stream = new ReadableStream({ cancel: () => cancelled.resolve() });
    await using chat = await startChat(() => stream, { handlerTimeout: 20 });
    expect((await chat.ask()).status).toBe(503);
    await cancelled.promise;
    expect(chat.legacyCalls()).toBe(0);
  });
});

describe('a candidate that is in time', () => {
  it.each([{}, { handlerTimeout: 60_000 }])('is not told to stop with %o', async (server) => {
    let signal: AbortSignal | undefined;
    const candidate: Candidate = async (context) => {
      signal = context.signal;
      return 'candidate';
    };
    await using chat = await startChat(candidate, server);
    expect(await (await chat.ask()).text()).toBe('candidate');
    expect([signal?.aborted, chat.route()?.served.candidate]).toEqual([false, 1]);
  });

  it('is told when its client leaves, as without a timeout', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const candidate: Candidate = ({ signal }) => {
      asked.resolve(signal);
      return new Promise(() => undefined);
    };
    await using chat = await startChat(candidate, { handlerTimeout: 60_000 });
    const client = new AbortController();
    const left = chat.ask(client.signal).catch(() => 'left');
    const signal = await asked.promise;
    client.abort();
    if (!signal.aborted) await once(signal, 'abort');
    expect(await left).toBe('left');
  });
});
