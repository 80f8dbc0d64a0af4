import { createHook } from 'node:async_hooks';
import { type CutoverEventOf, createCutover, type Stage, shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryPairs } from 'engramia-cutover/pairs';
import express, { type Response as ExpressResponse } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, shut } from '../express/servers.ts';
import { shadowed } from './shadowed.ts';

const message = 'a message that is long enough';
const boom = new Error('broke');

async function* breaking() {
  yield 'half of ';
  throw boom;
}

const read = async (reply: unknown): Promise<unknown> => {
  const chunks: unknown[] = [];
  for await (const chunk of reply as AsyncIterable<unknown>) chunks.push(chunk);
  return chunks;
};

describe('a reply that the route calls a failure', () => {
  const failure = { text: 'Sorry, something went wrong.', failed: true };
  const fallback = { isFailure: (reply: unknown) => (reply as typeof failure).failed === true };

  it.each<[Stage, object]>([
    ['complete', { candidate: async () => failure }],
    ['live', { candidate: async () => failure, fallback: { ...fallback, when: 'never' } }],
  ])(
    'counts as failed in %s, where nothing falls back, and is not learned',
    async (stage, over) => {
      const { handler, fake } = await shadowed(stage, { fallback, ...over } as never);
      const served: CutoverEventOf<'served'>[] = [];
      handler.on('served', (event) => served.push(event));
      expect(await handler('u', message)).toBe(failure);
      await handler.close();
      expect(handler.stats().routes.chat).toMatchObject({
        served: { candidate: 0 },
        failed: { candidate: 1 },
      });
      expect(served).toMatchObject([{ status: 'rejected', error: { name: 'FailedReply' } }]);
      expect(fake.patterns('a')).toEqual([]);
    },
  );

  it('is not learned where legacy gave it', async () => {
    const legacy = (async () => failure) as never;
    const { handler, fake } = await shadowed('dualwrite', { legacy, fallback } as never);
    expect(await handler('u', message)).toBe(failure);
    await handler.close();
    expect(fake.patterns('a')).toEqual([]);
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });
});

describe('a stream that breaks', () => {
  it.each<[Stage, object]>([
    ['shadow', { legacy: async () => breaking() }],
    ['live', { candidate: shadowSafe(async () => breaking()) }],
  ])('is compared in %s with what the other leg makes of the call', async (stage, over) => {
    const { handler } = await shadowed(stage, over as never);
    const compared = new Promise((resolve) => handler.on('compared', resolve));
    await expect(read(await handler('u', message))).rejects.toBe(boom);
    expect(await compared).toMatchObject({
      served: { status: 'rejected' },
      mirrored: { status: 'fulfilled' },
    });
    await handler.close();
  });
});

describe('a legacy that has gone', () => {
  it.each([410, 404, 503, 400, 200])(
    'is back for a Response of %i if that is none of an error',
    async (status) => {
      let isDead = true;
      const { handler } = await shadowed('dualwrite', {
        legacy: (async () => {
          if (isDead) throw Object.assign(new Error('gone'), { status: 410 });
          return new Response('no', { status });
        }) as never,
      });
      await handler('u', message).catch(() => undefined);
      isDead = false;
      await ((await handler('u', message)) as unknown as Response).text();
      expect(handler.stats().routes.chat?.legacyGone).toBe(status !== 200);
      expect(handler.kill('now')).toBe(status === 200 ? 'killed' : 'frozen');
      await handler.close();
    },
  );
});

describe('a call that finds no room in the mirror lane', () => {
  it('leaves no async resource behind', async () => {
    const { handler } = await shadowed('shadow');
    await handler.close();
    const open = new Set<number>();
    const hook = createHook({
      init: (id, type) => void (type.startsWith('engramia-cutover') && open.add(id)),
      destroy: (id) => void open.delete(id),
    }).enable();
    for (let call = 0; call < 10; call += 1) await handler('u', message);
    await new Promise((resolve) => setImmediate(resolve));
    hook.disable();
    expect(open.size).toBe(0);
  });
});

describe('two routes that fail alike', () => {
  it('are both warned of', async () => {
    const warnings: string[] = [];
    const cutover = createCutover({
      flags: memoryFlags('dualwrite'),
      logger: { warn: (line) => void warnings.push(line) },
    });
    for (const name of ['first', 'second']) {
      const legacy = async (): Promise<string> => name;
      const identify = () => Promise.reject(boom);
      const handler = cutover.handler({ name, legacy, candidate: legacy, identify });
      await handler();
      await handler();
    }
    expect(warnings).toEqual([
      expect.stringContaining('identify of route "first" failed'),
      expect.stringContaining('identify of route "second" failed'),
    ]);
    await cutover.close();
  });
});

describe('behind Express', () => {
  async function asked(stage: Stage, candidate: () => unknown) {
    const chat = expressCutover({
      name: 'chat',
      read: () => message,
      identify: () => ({ tenant: 'acme', task: message }),
      candidate: shadowSafe(candidate),
      legacyShadow: async () => 'legacy in the shadow',
      fallback: { when: 'never' },
      flags: memoryFlags(stage),
      pairs: memoryPairs(),
      logger: { warn: () => undefined },
    });
    const compared = new Promise((resolve) => chat.on('compared', resolve));
    const app = express().use(chat, (_req, res) => void res.status(500).json({ reply: 'no' }));
    app.use(
      (_error: unknown, _req: unknown, res: ExpressResponse, _next: unknown) =>
        void res.status(500).end(),
    );
    const { server, port } = await listen(app);
    onTestFinished(async () => {
      await chat.close();
      await shut(server);
    });
    await fetch(`http://127.0.0.1:${port}/`)
      .then((response) => response.text())
      .catch(() => undefined);
    return compared;
  }

  it.each<[string, Stage, () => unknown, object]>([
    ['a legacy that answers with 500', 'shadow', async () => 'fine', { served: { leg: 'legacy' } }],
    [
      'a candidate that throws',
      'live',
      () => Promise.reject(boom),
      { served: { leg: 'candidate' } },
    ],
    [
      'a candidate whose stream breaks',
      'live',
      async () => breaking(),
      { served: { leg: 'candidate' } },
    ],
  ])('%s is compared', async (_name, stage, candidate, facts) => {
    expect(await asked(stage, candidate)).toMatchObject({
      ...facts,
      served: { status: 'rejected' },
      mirrored: { status: 'fulfilled' },
    });
  });
});
