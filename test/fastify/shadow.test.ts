import { AsyncLocalStorage } from 'node:async_hooks';
import { type CutoverEventOf, type Stage, shadowSafe } from 'engramia-cutover';
import type { FlagProvider } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { deferred } from '../express/deferred.ts';
import { type ChatApp, question, startChat } from './chat-app.ts';

const later = (stage: Stage): FlagProvider => ({
  metadata: { name: 'later' },
  resolveStringEvaluation: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { value: stage };
  },
});

const served = (chat: ChatApp): Promise<CutoverEventOf<'served'>> =>
  new Promise((resolve) => chat.cutover.on('served', resolve));

describe('behind a wrapped handler', () => {
  it('learns what was delivered, after it was, whichever leg answered', async () => {
    await using chat = await startChat({ stage: 'dualwrite' });
    await (await chat.ask()).text();
    chat.flags.set('acme', 'live');
    await (await chat.ask('Build a JSON parser')).text();
    await chat.cutover.flush();
    expect(chat.fake.patterns('default').map(({ code }) => code)).toEqual([
      `legacy: ${question}`,
      'candidate: Build a JSON parser',
    ]);
  });

  it.each<Stage>(['dualwrite', 'live'])(
    'learns in stage %s what `inject` was answered',
    async (stage) => {
      await using chat = await startChat({ stage });
      await chat.app.inject({ method: 'POST', url: '/chat', payload: { message: question } });
      await chat.cutover.flush();
      expect(chat.fake.patterns('default').map(({ code }) => code)).toEqual([
        `${stage === 'live' ? 'candidate' : 'legacy'}: ${question}`,
      ]);
    },
  );

  it.each([400, 404, 410, 429, 500])('learns nothing of a status %i', async (status) => {
    await using chat = await startChat({
      stage: 'dualwrite',
      legacy: (_request, reply) => reply.code(status).send({ reply: 'sorry' }),
    });
    const outcome = served(chat);
    expect((await chat.ask()).status).toBe(status);
    expect(await outcome).toMatchObject({ status: 'rejected', error: { status } });
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
    expect(chat.cutover.stats().routes.chat?.legacyGone).toBe(false);
  });

  it('calls a candidate that is served and says nothing worse, and learns nothing of it', async () => {
    await using chat = await startChat({
      stage: 'live',
      options: {
        candidate: async () => ({ reply: '' }),
        legacyShadow: async () => ({ reply: 'It is on its way.' }),
      },
    });
    const verdicts: unknown[] = [];
    chat.cutover.on('compared', ({ divergence }) => verdicts.push(divergence?.verdict));
    expect(await (await chat.ask()).json()).toEqual({ reply: '' });
    await chat.cutover.flush();
    expect(verdicts).toEqual(['worse']);
    expect(chat.fake.patterns('default')).toHaveLength(0);
    expect(chat.cutover.stats().learn.skipped.unreadable).toBe(1);
  });

  it('learns nothing of a reply whose client left in mid-stream', async () => {
    await using chat = await startChat({
      stage: 'shadow',
      legacy: (_request, reply) => {
        reply.hijack();
        reply.raw.write('half of it');
        reply.raw.once('close', () => reply.raw.end('too late'));
      },
      options: { candidate: shadowSafe(async () => ({ reply: 'mirrored' })) },
    });
    const outcome = served(chat);
    await chat.askRaw(question, { hangUpAfter: /half/ });
    expect(await outcome).toMatchObject({ status: 'fulfilled', cut: true });
    await chat.cutover.flush();
    const { learn, mirror } = chat.cutover.stats();
    expect([learn.offered, mirror.offered]).toEqual([0, 0]);
  });

  it.each(['at once', 'later'])(
    'runs legacy and the mirror in the request’s async context, decided %s',
    async (when) => {
      const storage = new AsyncLocalStorage<string>();
      const seen: Record<string, string | undefined> = {};
      const mirrored = deferred();
      await using chat = await startChat({
        stage: 'shadow',
        before: (app) =>
          app.addHook('onRequest', (_request, _reply, done) => storage.run('mine', done)),
        legacy: async () => {
          seen.legacy = storage.getStore();
          return { reply: 'ok' };
        },
        options: {
          candidate: shadowSafe(async () => {
            seen.mirror = storage.getStore();
            mirrored.resolve();
            return { reply: 'ok' };
          }),
          learn: {
            filter: () => {
              seen.learning = String(storage.getStore());
              return true;
            },
          },
        },
        shared: {
          decideTimeoutMs: 10_000,
          ...(when === 'later' && { flags: later('shadow') }),
        },
      });
      await (await chat.ask()).text();
      await mirrored.promise;
      await chat.cutover.flush();
      expect(seen).toEqual({ legacy: 'mine', mirror: 'mine', learning: 'undefined' });
    },
  );

  it('compares the mirrored reply with the delivered one', async () => {
    await using chat = await startChat({
      stage: 'shadow',
      legacy: async () => ({ reply: 'the same' }),
      options: { candidate: shadowSafe(async () => 'the same') },
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      chat.cutover.on('compared', resolve),
    );
    await (await chat.ask()).text();
    const { served: delivered, mirrored } = await compared;
    expect(delivered).toMatchObject({ leg: 'legacy', chars: 8 });
    expect(mirrored).toMatchObject({ leg: 'candidate', chars: 8, sha256: delivered.sha256 });
  });

  it('has legacy mirrored where the app says how', async () => {
    await using chat = await startChat({
      stage: 'live',
      options: { legacyShadow: async (_context, { message }) => ({ reply: `shadow: ${message}` }) },
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      chat.cutover.on('compared', resolve),
    );
    await (await chat.ask()).text();
    expect(await compared).toMatchObject({
      served: { leg: 'candidate', status: 'fulfilled' },
      mirrored: { leg: 'legacy', status: 'fulfilled' },
    });
    expect(chat.legacyCalls()).toBe(0);
  });

  it('takes an error that legacy’s shadow returns for a failure, as one that its handler returns', async () => {
    await using chat = await startChat({
      stage: 'live',
      options: { legacyShadow: async () => new RangeError('no') },
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      chat.cutover.on('compared', resolve),
    );
    await (await chat.ask()).text();
    expect((await compared).mirrored).toMatchObject({
      status: 'rejected',
      error: { name: 'RangeError' },
    });
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
    await using chat = await startChat({ stage: 'live', options: { read } });
    expect(await (await chat.ask()).json()).toEqual({ reply: `legacy: ${question}` });
    expect(chat.cutover.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it('reads the request once, before the leg that answers', async () => {
    for (const stage of ['off', 'dualwrite', 'live'] as const) {
      let reads = 0;
      const read = () => {
        reads += 1;
        return { message: question };
      };
      await using chat = await startChat({ stage, options: { read } });
      await (await chat.ask()).text();
      expect(reads).toBe(1);
    }
  });
});
