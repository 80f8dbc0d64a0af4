import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { type CallContext, CutoverError, type CutoverEventOf } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { question, startChat } from './chat-app.ts';
import { deferred } from './deferred.ts';
import { frameworkNames, frameworks } from './servers.ts';

const boom = new Error('candidate broke');
const breaks = async (): Promise<never> => {
  throw boom;
};

async function* failing(): AsyncGenerator<string> {
  yield* [];
  throw boom;
}

async function* failingMidway(): AsyncGenerator<string> {
  yield 'half of it';
  throw boom;
}

async function* words(): AsyncGenerator<string> {
  yield* ['to', 'ke', 'ns'];
}

/** A stream that never gives a chunk, and tells when it is given up. */
function silent() {
  const gaveUp = deferred();
  return { gaveUp: gaveUp.promise, stream: new ReadableStream({ cancel: () => gaveUp.resolve() }) };
}

/** Ways to fail before anything could be sent. */
const failures: Record<string, () => unknown> = {
  'an error': breaks,
  'an error that is thrown at once': () => {
    throw boom;
  },
  undefined: () => undefined,
  'a value that JSON cannot hold': () => 1n,
  'a stream whose first chunk fails': failing,
  'a web stream whose first chunk fails': () => ReadableStream.from(failing()),
  'a stream of objects': () => Readable.from([{ delta: 'x' }]),
  'a Response of 503': () => new Response('overloaded', { status: 503 }),
};

describe.each(frameworkNames)('a candidate that serves in %s', (framework) => {
  it.each<[string, () => unknown, string, RegExp]>([
    ['an object', () => ({ reply: 'yes' }), '{"reply":"yes"}', /^application\/json/],
    ['a string', () => '<p>yes</p>', '<p>yes</p>', /^text\/html/],
    ['bytes', () => Buffer.from('yes'), 'yes', /^application\/octet-stream/],
    ['a generator', words, 'tokens', /^text\/plain/],
    ['a Node stream', () => Readable.from(['no', 'de']), 'node', /^text\/plain/],
    ['a web stream', () => new Blob(['web']).stream(), 'web', /^application\/octet-stream/],
  ])('has %s sent as its reply, and legacy is not asked', async (_, value, body, type) => {
    await using app = await startChat(framework, { stage: 'live', options: { candidate: value } });
    const response = await app.ask();
    expect(await response.text()).toBe(body);
    expect(response.headers.get('content-type')).toMatch(type);
    expect(app.legacyCalls()).toBe(0);
    expect(app.cutover.stats().routes.chat?.served).toEqual({ legacy: 0, candidate: 1 });
  });

  it('has status, headers and body of its Response sent', async () => {
    const value = () => new Response('data: x\n\n', { status: 202, headers: { 'x-own': 'kept' } });
    await using app = await startChat(framework, { stage: 'live', options: { candidate: value } });
    const response = await app.ask();
    expect([response.status, response.headers.get('x-own')]).toEqual([202, 'kept']);
    expect(await response.text()).toBe('data: x\n\n');
  });

  it.each(Object.keys(failures))('falls back to the next handler after %s', async (name) => {
    const candidate = failures[name] as () => unknown;
    await using app = await startChat(framework, { stage: 'live', options: { candidate } });
    const response = await app.ask();
    expect([response.status, await response.json()]).toEqual([
      200,
      { reply: `legacy: ${question}` },
    ]);
    expect(app.legacyCalls()).toBe(1);
    expect(app.errors).toEqual([]);
    expect(app.cutover.stats().routes.chat?.fallbacks).toBe(1);
  });

  it('shows the app’s own rules what the candidate returned', async () => {
    const seen: unknown[] = [];
    const value = { reply: 'refused' };
    await using app = await startChat(framework, {
      stage: 'live',
      options: {
        candidate: () => value,
        fallback: {
          isFailure: (reply) => seen.push(reply) > 0,
          when: (reason) => seen.push(reason) > 0,
        },
      },
    });
    expect(await (await app.ask()).json()).toEqual({ reply: `legacy: ${question}` });
    expect(seen).toEqual([value, value]);
    expect(seen[1]).toBe(value);
  });

  it('gives up the body of a failed Response that is not sent', async () => {
    const gaveUp = deferred();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('x')),
      cancel: () => gaveUp.resolve(),
    });
    const candidate = () => new Response(body, { status: 500 });
    await using app = await startChat(framework, { stage: 'live', options: { candidate } });
    await (await app.ask()).json();
    await gaveUp.promise;
  });

  it('falls back when its deadline passes, and gives its silent stream up', async () => {
    const clock = fakeClock();
    const { gaveUp, stream } = silent();
    const asked = deferred<CallContext>();
    const candidate = (context: CallContext) => {
      asked.resolve(context);
      return stream;
    };
    const fallback = { afterMs: 1_000 };
    await using app = await startChat(framework, {
      stage: 'live',
      options: { candidate, clock, fallback },
    });
    const answer = app.ask();
    const { signal } = await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    expect(await (await answer).json()).toEqual({ reply: `legacy: ${question}` });
    expect(signal.reason).toMatchObject({ code: 'ERR_CUTOVER_DEADLINE' });
    await gaveUp;
  });

  it.each<[string, Parameters<typeof startChat>[1]]>([
    ['stage complete', { stage: 'complete', options: { candidate: breaks } }],
    [
      'a rule of never',
      { stage: 'live', options: { candidate: breaks, fallback: { when: 'never' } } },
    ],
    [
      'a commit',
      {
        stage: 'live',
        options: {
          candidate: (context) => {
            context.commit();
            throw boom;
          },
        },
      },
    ],
  ])('hands its very error to the error middleware after %s', async (_, setup) => {
    await using app = await startChat(framework, setup);
    const response = await app.ask();
    expect([response.status, await response.text()]).toEqual([500, 'error: candidate broke']);
    expect(app.errors).toEqual([boom]);
    expect(app.errors[0]).toBe(boom);
    expect(app.legacyCalls()).toBe(0);
  });

  it.each([undefined, null, 0, 'route', 'router'])(
    'does not reach the next handler by throwing %s',
    async (thrown) => {
      const candidate = (): never => {
        throw thrown;
      };
      await using app = await startChat(framework, { stage: 'complete', options: { candidate } });
      expect((await app.ask()).status).toBe(500);
      expect(app.legacyCalls()).toBe(0);
      expect((app.errors[0] as Error).cause).toBe(thrown);
    },
  );

  it('tells the error middleware of a value that the app’s settings cannot send', async () => {
    const replacer = (): never => {
      throw boom;
    };
    const breakJson: RequestHandler = (req, _res, next) => {
      req.app.set('json replacer', replacer);
      next();
    };
    await using app = await startChat(framework, {
      stage: 'live',
      before: [frameworks[framework].json(), breakJson],
    });
    const served = new Promise((resolve) => app.cutover.on('served', resolve));
    expect(await (await app.ask()).text()).toBe('error: candidate broke');
    expect(app.errors).toEqual([boom]);
    expect(await served).toMatchObject({ status: 'rejected', error: { status: 500 } });
    expect(app.cutover.stats().routes.chat?.failed.candidate).toBe(1);
  });

  it('breaks the connection when its stream fails midway, tells why, and learns nothing', async () => {
    await using app = await startChat(framework, {
      stage: 'live',
      options: { candidate: failingMidway },
    });
    const raw = await app.askRaw();
    expect(raw).not.toMatch(/\r\n0\r\n/);
    expect(app.legacyCalls()).toBe(0);
    expect(app.errors).toEqual([boom]);
    await app.cutover.flush();
    expect(app.cutover.stats().learn.offered).toBe(0);
  });

  it('sees its signal abort when the client leaves before the reply', async () => {
    const aborted = deferred();
    const candidate = (context: CallContext) => {
      context.signal.addEventListener('abort', () => aborted.resolve());
      app.server.closeAllConnections();
      return new Promise(() => undefined);
    };
    await using app = await startChat(framework, { stage: 'live', options: { candidate } });
    await app.askRaw();
    await aborted.promise;
    expect(app.legacyCalls()).toBe(0);
  });

  it('does not fall back for a client who has left', async () => {
    const candidate = (context: CallContext) => {
      app.server.closeAllConnections();
      return new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => reject(boom));
      });
    };
    await using app = await startChat(framework, { stage: 'live', options: { candidate } });
    const served = new Promise<CutoverEventOf<'served'>>((resolve) =>
      app.cutover.on('served', resolve),
    );
    await app.askRaw();
    expect(await served).toMatchObject({ leg: 'candidate', cut: true, fellBack: false });
    expect(app.legacyCalls()).toBe(0);
  });

  it('sees its signal abort when the client leaves in mid-stream, and nothing is learned', async () => {
    const aborted = deferred();
    const candidate = async function* (context: CallContext) {
      context.signal.addEventListener('abort', () => aborted.resolve());
      yield 'half of it';
      await aborted.promise;
    };
    await using app = await startChat(framework, { stage: 'live', options: { candidate } });
    await app.askRaw(question, { hangUpAfter: /half/ });
    await aborted.promise;
    await app.cutover.flush();
    expect(app.cutover.stats().learn.offered).toBe(0);
  });

  it('leaves a reply alone that somebody else has begun meanwhile', async () => {
    const candidate = () => {
      release.resolve();
      return answered.promise.then(() => ({ reply: 'too late' }));
    };
    const release = deferred();
    const answered = deferred();
    const timeout: RequestHandler = (_req, res, next) => {
      void release.promise.then(() => res.send('timed out')).then(() => answered.resolve());
      next();
    };
    await using app = await startChat(framework, {
      stage: 'live',
      before: [frameworks[framework].json(), timeout],
      options: { candidate },
    });
    const served = new Promise((resolve) => app.cutover.on('served', resolve));
    expect(await (await app.ask()).text()).toBe('timed out');
    await served;
    await app.cutover.flush();
    expect(app.cutover.stats().learn.offered).toBe(0);
    expect([app.legacyCalls(), app.errors]).toEqual([0, []]);
  });

  it('is not asked where the reply has begun before the middleware', async () => {
    const begin: RequestHandler = (_req, res, next) => {
      res.type('text').write('begun ');
      next();
    };
    await using app = await startChat(framework, {
      stage: 'live',
      before: [frameworks[framework].json(), begin],
      legacy: (_req, res) => res.end('by legacy'),
    });
    expect(await (await app.ask()).text()).toBe('begun by legacy');
    expect(app.cutover.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it('sees the request’s async context', async () => {
    const storage = new AsyncLocalStorage<string>();
    const enter: RequestHandler = (_req, _res, next) => storage.run('of the request', next);
    await using app = await startChat(framework, {
      stage: 'live',
      before: [frameworks[framework].json(), enter],
      options: {
        candidate: async () => ({ reply: storage.getStore() ?? 'none' }),
        learn: {
          filter: () => {
            learnedIn.resolve(storage.getStore());
            return true;
          },
        },
      },
    });
    const learnedIn = deferred<string | undefined>();
    expect(await (await app.ask()).json()).toEqual({ reply: 'of the request' });
    expect(await learnedIn.promise).toBeUndefined();
  });

  it('can claim that it acts, and then legacy never answers in its place', async () => {
    const clock = fakeClock();
    const go = deferred();
    const asked = deferred();
    const candidate = async (context: CallContext) => {
      context.commit();
      asked.resolve();
      await go.promise;
      return { reply: 'done' };
    };
    await using app = await startChat(framework, { stage: 'live', options: { candidate, clock } });
    const answer = app.ask();
    await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(120_000);
    go.resolve();
    expect(await (await answer).json()).toEqual({ reply: 'done' });
    expect(app.legacyCalls()).toBe(0);
  });

  it('cannot claim so when legacy answers already', async () => {
    const clock = fakeClock();
    const outcome = deferred<unknown>();
    const asked = deferred();
    const candidate = async (context: CallContext) => {
      asked.resolve();
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      try {
        context.commit();
      } catch (error) {
        outcome.resolve(error);
      }
      return { reply: 'late' };
    };
    await using app = await startChat(framework, { stage: 'live', options: { candidate, clock } });
    const answer = app.ask();
    await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(120_000);
    expect(await (await answer).json()).toEqual({ reply: `legacy: ${question}` });
    expect(await outcome.promise).toBeInstanceOf(CutoverError);
    expect(app.legacyCalls()).toBe(1);
  });
});
