import { AsyncLocalStorage } from 'node:async_hooks';
import { type CutoverEventOf, createCutover, type Stage, shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import type { Request, RequestHandler, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { learning, question, startChat } from './chat-app.ts';
import { deferred } from './deferred.ts';
import { exchange } from './raw-client.ts';
import { createApp, frameworkNames, frameworks, listen, shut } from './servers.ts';

const later = (stage: Stage): FlagProvider => ({
  metadata: { name: 'later' },
  resolveStringEvaluation: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { value: stage };
  },
});

/** All that middleware could leave on a response. */
const traces = (res: Response): unknown[] => [
  Object.keys(res).sort(),
  res.eventNames().map((name) => [String(name), res.listenerCount(name)]),
  res.write === Object.getPrototypeOf(res).write,
];

describe.each(frameworkNames)('the middleware in %s', (framework) => {
  const json = frameworks[framework].json();

  it.each<[Stage, boolean]>([
    ['off', false],
    ['dualwrite', true],
  ])('in stage %s touches the response: %s', async (stage, touches) => {
    const seen: unknown[][] = [];
    const see: RequestHandler = (_req, res, next) => {
      seen.push(traces(res));
      next();
    };
    await using app = await startChat(framework, { stage, before: [json, see], behind: [see] });
    await (await app.ask()).text();
    expect(seen).toHaveLength(2);
    if (touches) expect(seen[1]).not.toEqual(seen[0]);
    else expect(seen[1]).toEqual(seen[0]);
  });

  it.each(['at once', 'later'])(
    'calls the next handler once when it throws, decided %s',
    async (when) => {
      const boom = new Error('legacy broke');
      for (const stage of ['off', 'dualwrite', 'shadow'] as const) {
        await using app = await startChat(framework, {
          stage,
          legacy: () => {
            throw boom;
          },
          options: { decideTimeoutMs: 10_000, ...(when === 'later' && { flags: later(stage) }) },
        });
        const response = await app.ask();
        expect([response.status, await response.text()]).toEqual([500, 'error: legacy broke']);
        expect([app.legacyCalls(), app.errors]).toEqual([1, [boom]]);
        await app.cutover.flush();
        expect(app.cutover.stats().learn.offered).toBe(0);
      }
    },
  );

  it('calls the next handler in the request’s own tick when the flag answers at once', async () => {
    const order: string[] = [];
    const around: RequestHandler = (_req, _res, next) => {
      next();
      order.push('behind next');
    };
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      before: [json, around],
      legacy: (_req, res) => {
        order.push('legacy');
        res.send('ok');
      },
    });
    await (await app.ask()).text();
    expect(order).toEqual(['legacy', 'behind next']);
  });

  it('learns a reply that was decided late, whole', async () => {
    const flags = later('dualwrite');
    await using app = await startChat(framework, {
      stage: 'off',
      options: { flags, decideTimeoutMs: 10_000 },
    });
    await (await app.ask()).text();
    await app.cutover.flush();
    expect(app.fake.patterns('default')[0]?.code).toBe(`legacy: ${question}`);
  });

  it('reads the request once, before the leg that answers', async () => {
    for (const stage of ['off', 'dualwrite', 'live'] as const) {
      let reads = 0;
      const read = (req: Request) => {
        reads += 1;
        return { message: String(req.body.message) };
      };
      await using app = await startChat(framework, { stage, options: { read } });
      await (await app.ask()).text();
      expect(reads).toBe(1);
    }
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('unreadable');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('unreadable'))],
  ])('lets legacy answer when reading the request %s', async (_, read) => {
    await using app = await startChat(framework, { stage: 'live', options: { read } });
    expect(await (await app.ask()).json()).toEqual({ reply: `legacy: ${question}` });
    expect(app.cutover.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it.each([400, 404, 429, 500, 503])('does not learn a reply of status %i', async (status) => {
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      legacy: (_req, res) => res.status(status).json({ reply: 'sorry' }),
    });
    const served = new Promise<CutoverEventOf<'served'>>((resolve) =>
      app.cutover.on('served', resolve),
    );
    expect((await app.ask()).status).toBe(status);
    expect(await served).toMatchObject({ status: 'rejected', error: { status } });
    await app.cutover.flush();
    expect(app.cutover.stats().learn.offered).toBe(0);
  });

  it.each(['before it was sent whole', 'in mid-stream'])(
    'learns nothing of a reply whose client left %s',
    async (when) => {
      await using app = await startChat(framework, {
        stage: 'shadow',
        legacy: (req, res) => {
          if (when === 'in mid-stream') res.type('text').write('half of it');
          else req.socket.destroy();
          res.once('close', () => res.end('too late'));
        },
        options: { candidate: shadowSafe(async () => ({ reply: 'mirrored' })) },
      });
      const served = new Promise((resolve) => app.cutover.on('served', resolve));
      await app.askRaw(question, { hangUpAfter: /half/ });
      expect(await served).toMatchObject({ status: 'fulfilled', cut: true });
      await app.cutover.flush();
      const { learn, mirror } = app.cutover.stats();
      expect([learn.offered, mirror.offered]).toEqual([0, 0]);
    },
  );

  it('learns only what was delivered, after it was', async () => {
    const go = deferred();
    const begun = deferred();
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      legacy: async (_req, res) => {
        res.type('text').write('first ');
        begun.resolve();
        await go.promise;
        res.end('last');
      },
    });
    const answer = app.ask();
    await begun.promise;
    await app.cutover.flush();
    expect(app.cutover.stats().learn.offered).toBe(0);
    go.resolve();
    expect(await (await answer).text()).toBe('first last');
    await app.cutover.flush();
    expect(app.fake.patterns('default')[0]?.code).toBe('first last');
  });

  it('runs legacy and the mirror in the request’s async context, but does not learn in it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const enter: RequestHandler = (_req, _res, next) => storage.run('of the request', next);
    for (const flags of [memoryFlags('shadow'), later('shadow')]) {
      const seen: Record<string, string | undefined> = {};
      await using app = await startChat(framework, {
        stage: 'shadow',
        before: [json, enter],
        legacy: (_req, res) => {
          seen.legacy = storage.getStore();
          res.json({ reply: 'ok' });
        },
        options: {
          flags,
          decideTimeoutMs: 10_000,
          candidate: shadowSafe(async () => {
            seen.mirror = storage.getStore();
            return { reply: 'ok' };
          }),
          learn: {
            filter: () => {
              seen.learning = String(storage.getStore());
              return true;
            },
          },
        },
      });
      await (await app.ask()).text();
      await app.cutover.flush();
      expect(seen).toEqual({
        legacy: 'of the request',
        mirror: 'of the request',
        learning: 'undefined',
      });
    }
  });

  it.each<[string, () => unknown]>([
    ['a value', () => ({ reply: 'the same' })],
    ['a string', () => 'the same'],
    ['a stream', () => new Blob(['the ', 'same']).stream().pipeThrough(new TextDecoderStream())],
    ['a Response', () => Response.json({ reply: 'the same' })],
    [
      'an event stream',
      () =>
        new Response('data: {"text":"the "}\n\ndata: {"text":"same"}\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        }),
    ],
  ])('compares a mirrored reply that is %s with the delivered one', async (_, value) => {
    await using app = await startChat(framework, {
      stage: 'shadow',
      legacy: (_req, res) => res.json({ reply: 'the same' }),
      options: { candidate: shadowSafe(async () => value()) },
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      app.cutover.on('compared', resolve),
    );
    await (await app.ask()).text();
    const { served, mirrored } = await compared;
    expect(served).toMatchObject({ leg: 'legacy', chars: 8 });
    expect(mirrored).toMatchObject({ leg: 'candidate', chars: 8, sha256: served.sha256 });
  });

  it('gives the stream of a mirror up that is larger than what is kept', async () => {
    const gaveUp = deferred();
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(1_000, 'x')),
      cancel: () => gaveUp.resolve(),
    });
    await using app = await startChat(framework, {
      stage: 'shadow',
      options: { candidate: shadowSafe(() => endless), maxReplyBytes: 5_000 },
    });
    await (await app.ask()).text();
    await gaveUp.promise;
  });

  it('mirrors legacy behind a served candidate where the app says how', async () => {
    const legacyShadow = async (_context: unknown, { message }: { message: string }) => ({
      reply: `legacy: ${message}`,
    });
    await using app = await startChat(framework, { stage: 'live', options: { legacyShadow } });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      app.cutover.on('compared', resolve),
    );
    await (await app.ask()).text();
    expect(await compared).toMatchObject({
      served: { leg: 'candidate', chars: 29 },
      mirrored: { leg: 'legacy', chars: 26 },
    });
    expect(app.legacyCalls()).toBe(0);
  });

  it('goes on serving by the decided leg after close', async () => {
    await using app = await startChat(framework, { stage: 'dualwrite' });
    await app.cutover.close();
    expect(await (await app.ask()).json()).toEqual({ reply: `legacy: ${question}` });
    app.flags.set('acme', 'live');
    expect(await (await app.ask()).json()).toEqual({ reply: `candidate: ${question}` });
    await app.cutover.flush();
    expect(app.cutover.stats().learn).toMatchObject({ accepted: 0, dropped: { closed: 2 } });
  });

  it('sends all to legacy on a kill, and back again when revived', async () => {
    await using app = await startChat(framework, { stage: 'live' });
    const reply = async () => (await app.ask()).json();
    expect(await reply()).toEqual({ reply: `candidate: ${question}` });
    app.cutover.kill('drill');
    expect(await reply()).toEqual({ reply: `legacy: ${question}` });
    app.cutover.revive();
    expect(await reply()).toEqual({ reply: `candidate: ${question}` });
  });

  it('does not take one tenant’s 410 for the end of legacy: the others keep their way back', async () => {
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      legacy: (_req, res) => res.status(410).json({ error: 'conversation expired' }),
    });
    await (await app.ask()).text();
    await app.cutover.flush();
    expect(app.cutover.stats().routes.chat).toMatchObject({
      legacyGone: false,
      failed: { legacy: 1 },
    });
    expect(app.cutover.kill()).toBe('killed');
  });

  it('takes a legacy for gone when the app says so, and its next success for its return', async () => {
    let status = 410;
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      legacy: (_req, res) => res.status(status).json({ reply: 'x' }),
      options: { isGone: (reason) => (reason as { status?: number }).status === 410 },
    });
    const told: boolean[] = [];
    const next = () =>
      new Promise<void>((resolve) =>
        app.cutover.on('gone', ({ alive }) => {
          told.push(alive);
          resolve();
        }),
      );
    const gone = next();
    await (await app.ask()).text();
    await gone;
    // A tenant that is off is not looked at otherwise; still the 410 is not taken for a success.
    app.flags.set('acme', 'off');
    await (await app.ask()).text();
    expect(told).toEqual([false]);
    status = 200;
    const back = next();
    await (await app.ask()).text();
    await back;
    expect(told.at(-1)).toBe(true);
  });

  it('serves several routes of one cutover, each by its own flag', async () => {
    const { fake, engramia } = await learning();
    const cutover = createCutover({
      engramia,
      logger: { warn: () => undefined },
      flags: {
        metadata: { name: 'by route' },
        resolveStringEvaluation: (key) => ({ value: key === 'cutover.b' ? 'live' : 'dualwrite' }),
      },
    });
    const route = (name: string) =>
      expressCutover({
        name,
        cutover,
        read: (req) => ({ path: req.path }),
        identify: ({ path }) => ({ tenant: 'acme', task: `Answer the path ${path}` }),
        candidate: async (_context, { path }) => ({ reply: `candidate of ${path}` }),
      });
    const app = createApp(framework);
    const legacy: RequestHandler = (req, res) => res.json({ reply: `legacy of ${req.path}` });
    app.get('/a', route('a'), legacy);
    app.get('/b', route('b'), legacy);
    const { port, server } = await listen(app);
    const replies = [];
    for (const path of ['a', 'b']) {
      replies.push(await (await fetch(`http://127.0.0.1:${port}/${path}`)).json());
    }
    expect(replies).toEqual([{ reply: 'legacy of /a' }, { reply: 'candidate of /b' }]);
    await cutover.flush();
    expect(fake.patterns('default').map(({ code }) => code)).toEqual([
      'legacy of /a',
      'candidate of /b',
    ]);
    expect(() => route('a')).toThrow(/"a" is taken/);
    await shut(server);
    await cutover.close();
  });

  it('learns nothing of HEAD', async () => {
    await using app = await startChat(framework, {
      stage: 'dualwrite',
      options: { read: () => ({ message: question }) },
    });
    const head = 'HEAD /chat HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n';
    expect(await exchange(app.port, [head])).toMatch(/^HTTP\/1.1 200/);
    await app.cutover.flush();
    expect(app.cutover.stats().learn).toMatchObject({ accepted: 0, skipped: { unreadable: 1 } });
  });

  it('does not hold a reply back for the shadow, however the app waits for background work', async () => {
    const { engramia } = await learning();
    const background = { mode: 'await', deadlineMs: 3_600_000 } as const;
    for (const stage of ['dualwrite', 'live'] as const) {
      const cutover = createCutover({ flags: memoryFlags(stage), engramia, background });
      const app = createApp(framework);
      const middleware = expressCutover({
        name: 'chat',
        cutover,
        read: () => question,
        identify: (task) => ({ tenant: 'acme', task }),
        candidate: async () => 'sent',
      });
      app.get('/chat', middleware, (_req, res) => res.send('sent'));
      const { port, server } = await listen(app);
      expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe('sent');
      await shut(server);
      await cutover.close();
    }
  });
});
