import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CallContext, CutoverEventOf } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { deferred } from '../express/deferred.ts';
import { type ChatApp, type ChatSetup, question, startChat } from './chat-app.ts';

const boom = new Error('candidate broke');
const breaks = async (): Promise<never> => {
  throw boom;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* failing(...chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
  throw boom;
}

async function* words(): AsyncGenerator<string> {
  yield* ['to', '', 'ke', 'ns'];
}

/** Ways to fail before anything could be sent. */
const failures: Record<string, () => unknown> = {
  'an error': breaks,
  'an error that is returned': async () => boom,
  'an error that is thrown at once': () => {
    throw boom;
  },
  'an error of another realm that is returned': () => runInNewContext('new Error("boom")'),
  undefined: () => undefined,
  'a value that JSON cannot hold': () => 1n,
  'a stream whose first chunk fails': () => failing(),
  'a web stream whose first chunk fails': () => ReadableStream.from(failing()),
  'a stream of objects': () => Readable.from([{ delta: 'x' }]),
  'a Response of 503': () => new Response('overloaded', { status: 503 }),
  'a Response that was read': async () => {
    const response = new Response('read');
    await response.text();
    return response;
  },
};

function shared(text: string): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(text.length));
  bytes.set(Buffer.from(text));
  return bytes;
}

const served = (chat: ChatApp): Promise<CutoverEventOf<'served'>> =>
  new Promise((resolve) => chat.cutover.on('served', resolve));

describe('a candidate that serves', () => {
  it.each<[string, () => unknown, string, string | null]>([
    ['an object', () => ({ reply: 'yes' }), '{"reply":"yes"}', 'application/json; charset=utf-8'],
    ['a string', () => 'yes', 'yes', 'text/plain; charset=utf-8'],
    ['null', () => null, 'null', 'application/json; charset=utf-8'],
    ['bytes', () => Buffer.from('yes'), 'yes', 'application/octet-stream'],
    ['bytes of shared memory', () => shared('yes'), 'yes', 'application/octet-stream'],
    ['shared memory', () => shared('yes').buffer, 'yes', 'application/octet-stream'],
    ['a generator', words, 'tokens', 'text/plain; charset=utf-8'],
    ['a Node stream', () => Readable.from(['no', 'de']), 'node', 'text/plain; charset=utf-8'],
    ['a web stream', () => new Blob(['web']).stream(), 'web', 'application/octet-stream'],
    ['a Response', () => new Response('fetched'), 'fetched', 'text/plain;charset=UTF-8'],
    ['an empty Response', () => new Response(), '', null],
  ])('has %s sent as its reply, and legacy is not asked', async (_, value, body, type) => {
    await using chat = await startChat({ stage: 'live', options: { candidate: value } });
    const response = await chat.ask();
    expect([response.status, await response.text()]).toEqual([200, body]);
    expect(response.headers.get('content-type')).toBe(type);
    expect(chat.legacyCalls()).toBe(0);
    expect(chat.cutover.stats().routes.chat?.served).toEqual({ legacy: 0, candidate: 1 });
  });

  it('is replaced by legacy for a stream without a chunk, which is sent where nothing falls back', async () => {
    const options = { candidate: () => Readable.from([]) };
    await using live = await startChat({ stage: 'live', options });
    expect(await (await live.ask()).json()).toEqual({ reply: expect.any(String) });
    expect(live.legacyCalls()).toBe(1);
    await using complete = await startChat({ stage: 'complete', options });
    expect(await (await complete.ask()).text()).toBe('');
    expect(complete.cutover.stats().routes.chat?.failed).toEqual({ legacy: 0, candidate: 1 });
  });

  it('has status, reason, headers and cookies of its Response sent, beside those of the app', async () => {
    const candidate = () => {
      const headers = new Headers({ 'x-own': 'kept', 'content-encoding': 'gzip' });
      headers.append('set-cookie', 'b=2');
      headers.append('set-cookie', 'c=3');
      return new Response('x', { status: 202, statusText: 'As It Is', headers });
    };
    const preHandler = async (
      _: unknown,
      reply: { header(name: string, value: string): unknown },
    ) => void reply.header('set-cookie', 'a=1');
    await using chat = await startChat({
      stage: 'live',
      options: { candidate },
      route: { preHandler },
    });
    const response = await chat.ask();
    expect([response.status, response.statusText]).toEqual([202, 'As It Is']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3']);
    expect(response.headers.get('x-own')).toBe('kept');
    expect(response.headers.has('content-encoding')).toBe(false);
    expect(await response.text()).toBe('x');
  });

  it('goes through the app’s schemas and hooks as any reply does', async () => {
    const schema = {
      response: { 200: { type: 'object', properties: { reply: { type: 'string' } } } },
    };
    const before = (app: FastifyInstance): void => {
      app.addHook('preSerialization', async (_request, _reply, payload) => ({
        ...(payload as object),
        reply: 'hooked',
      }));
      app.addHook('onSend', async (_request, reply, payload) => {
        reply.header('content-encoding', 'gzip').removeHeader('content-length');
        return gzipSync(payload as string);
      });
    };
    await using chat = await startChat({
      stage: 'live',
      before,
      route: { schema },
      options: { candidate: () => ({ reply: 'bare', secret: 'dropped' }) },
    });
    expect(await (await chat.ask()).text()).toBe('{"reply":"hooked"}');
    const raw = await chat.askRaw();
    const body = Buffer.from(raw.slice(raw.indexOf('\r\n\r\n') + 4), 'latin1');
    expect(gunzipSync(body).toString()).toBe('{"reply":"hooked"}');
    await chat.cutover.flush();
    expect(chat.fake.patterns('default')[0]?.code).toBe('hooked');
  });

  it.each(Object.keys(failures))('falls back to the route’s handler after %s', async (name) => {
    const candidate = failures[name] as () => unknown;
    await using chat = await startChat({ stage: 'live', options: { candidate } });
    const response = await chat.ask();
    expect([response.status, await response.json()]).toEqual([
      200,
      { reply: `legacy: ${question}` },
    ]);
    expect(chat.legacyCalls()).toBe(1);
    expect(chat.errors).toEqual([]);
    expect(chat.cutover.stats().routes.chat?.fallbacks).toBe(1);
  });

  it.each(Object.keys(failures))(
    'has its error handled where nobody falls back: %s',
    async (name) => {
      const candidate = failures[name] as () => unknown;
      await using chat = await startChat({ stage: 'complete', options: { candidate } });
      const response = await chat.ask();
      if (name === 'a Response of 503') expect(await response.text()).toBe('overloaded');
      else expect(await response.text()).toMatch(/^error: /);
      expect(response.status).toBe(name === 'a Response of 503' ? 503 : 500);
      expect(chat.legacyCalls()).toBe(0);
      await chat.cutover.flush();
      expect(chat.cutover.stats().learn.offered).toBe(0);
    },
  );

  it('hands its very error, status included, to the app’s error handler', async () => {
    const limited = Object.assign(new Error('slow down'), { statusCode: 429 });
    const candidate = () => Promise.reject(limited);
    await using chat = await startChat({ stage: 'complete', options: { candidate } });
    const response = await chat.ask();
    expect([response.status, await response.text()]).toEqual([429, 'error: slow down']);
    expect(chat.errors[0]).toBe(limited);
  });

  it('has a value that its schema refuses handled as an error, and not answered by legacy', async () => {
    const strict = { type: 'object', required: ['must'], properties: { must: { type: 'string' } } };
    const schema = { response: { 200: strict } };
    await using chat = await startChat({ stage: 'live', route: { schema } });
    expect((await chat.ask()).status).toBe(500);
    expect(chat.errors).toHaveLength(1);
    expect(chat.legacyCalls()).toBe(0);
  });

  it.each<[string, NonNullable<ChatSetup['route']>]>([
    ['its schema refuses', { schema: { response: { 200: { required: ['must'] } } } }],
    ['a hook of the app throws at', { onSend: breaks }],
  ])('has failed with a value that %s', async (_name, route) => {
    await using chat = await startChat({ stage: 'live', route });
    const outcome = served(chat);
    expect((await chat.ask()).status).toBe(500);
    expect(await outcome).toMatchObject({ leg: 'candidate', status: 'rejected' });
    expect(chat.cutover.stats().routes.chat).toMatchObject({
      served: { candidate: 0 },
      failed: { candidate: 1 },
    });
  });

  it.each<[string, () => Promise<unknown>, object, readonly string[]]>([
    ['throws', breaks, { status: 'rejected', error: { status: 500 } }, []],
    ['sends something else', async () => 'else', { status: 'fulfilled', cut: true }, ['else']],
  ])('has its stream cancelled where a hook %s', async (_name, onSend, outcome, learned) => {
    const cancelled = deferred();
    const candidate = async function* (): AsyncGenerator<string> {
      try {
        yield* ['never', 'sent'];
      } finally {
        cancelled.resolve();
      }
    };
    await using chat = await startChat({
      stage: 'live',
      route: { onSend },
      options: { candidate },
    });
    const told = served(chat);
    await (await chat.ask()).text();
    await cancelled.promise;
    expect(await told).toMatchObject({ leg: 'candidate', ...outcome });
    await chat.cutover.flush();
    expect(chat.fake.patterns('default').map(({ code }) => code)).toEqual(learned);
  });

  it('breaks the connection when its stream fails midway, and nothing is learned', async () => {
    const candidate = () => failing('half', ' of it');
    await using chat = await startChat({ stage: 'live', options: { candidate } });
    const raw = await chat.askRaw();
    expect(raw).toContain('half');
    expect(raw).not.toMatch(/\r\n0\r\n/);
    expect(chat.legacyCalls()).toBe(0);
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
  });

  it('gives each chunk out as it comes', async () => {
    const go = deferred();
    const candidate = async function* () {
      yield 'first ';
      await go.promise;
      yield 'last';
    };
    await using chat = await startChat({ stage: 'live', options: { candidate } });
    const { body } = await chat.ask();
    const reader = (body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    expect((await reader.read()).value).toBe('first ');
    go.resolve();
    expect((await reader.read()).value).toBe('last');
  });

  it('falls back when its deadline passes, in the request’s async context', async () => {
    const storage = new AsyncLocalStorage<string>();
    const clock = fakeClock();
    const asked = deferred<AbortSignal>();
    await using chat = await startChat({
      stage: 'live',
      shared: { clock },
      before: (app) =>
        app.addHook('preHandler', (_request, _reply, done) => storage.run('mine', done)),
      legacy: async () => ({ reply: storage.getStore() ?? 'none' }),
      options: {
        fallback: { afterMs: 1_000 },
        candidate: (context: CallContext) => {
          asked.resolve(context.signal);
          return new Promise(() => undefined);
        },
      },
    });
    const answer = chat.ask();
    const signal = await asked.promise;
    await turn();
    await clock.advance(2_000);
    expect(await (await answer).json()).toEqual({ reply: 'mine' });
    expect(signal.reason).toMatchObject({ code: 'ERR_CUTOVER_DEADLINE' });
  });

  it('is followed by a legacy that calls reply.send when it likes', async () => {
    await using chat = await startChat({
      stage: 'live',
      legacy: (_request, reply) => void setImmediate(() => reply.send({ reply: 'at last' })),
      options: { candidate: breaks },
    });
    expect(await (await chat.ask()).json()).toEqual({ reply: 'at last' });
  });

  it('sees its signal abort when the client leaves, and legacy is not asked', async () => {
    const candidate = (context: CallContext) =>
      new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => reject(boom));
        chat.app.server.closeAllConnections();
      });
    await using chat = await startChat({ stage: 'live', options: { candidate } });
    const outcome = served(chat);
    await chat.askRaw();
    expect(await outcome).toMatchObject({ leg: 'candidate', cut: true, fellBack: false });
    expect(chat.legacyCalls()).toBe(0);
  });

  it('sees its signal abort when the client leaves in mid-stream, and nothing is learned', async () => {
    const aborted = deferred();
    const candidate = async function* (context: CallContext) {
      context.signal.addEventListener('abort', () => aborted.resolve());
      yield 'half of it';
      await aborted.promise;
    };
    await using chat = await startChat({ stage: 'live', options: { candidate } });
    await chat.askRaw(question, { hangUpAfter: /half/ });
    await aborted.promise;
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
  });

  it('leaves a reply alone that somebody else has sent meanwhile', async () => {
    const gaveUp = deferred();
    const asked = deferred();
    const answered = deferred();
    const candidate = async () => {
      asked.resolve();
      await answered.promise;
      return new ReadableStream({
        start: (controller) => controller.enqueue('late'),
        cancel: () => gaveUp.resolve(),
      });
    };
    const preHandler = async (_request: unknown, reply: FastifyReply): Promise<void> => {
      void asked.promise.then(() => reply.code(503).send('timed out'));
    };
    await using chat = await startChat({
      stage: 'live',
      route: { preHandler },
      options: { candidate },
    });
    const response = await chat.ask();
    expect([response.status, await response.text()]).toEqual([503, 'timed out']);
    answered.resolve();
    await gaveUp.promise;
    expect([chat.legacyCalls(), chat.errors]).toEqual([0, []]);
  });

  it('is not asked where the reply has begun before the handler', async () => {
    await using chat = await startChat({
      stage: 'live',
      route: { preHandler: async (_request, reply) => void reply.raw.write('begun ') },
      legacy: (_request, reply) => {
        reply.hijack();
        reply.raw.end('by legacy');
      },
    });
    expect(await (await chat.ask()).text()).toBe('begun by legacy');
    expect(chat.cutover.stats().routes.chat?.undecided.identify).toBe(1);
  });
});
