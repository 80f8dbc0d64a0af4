import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Stage } from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { type Context, Hono, type Next } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { cloneRawRequest } from 'hono/request';
import { describe, expect, it } from 'vitest';
import { learning } from '../express/chat-app.ts';
import { messageOf, question, startHandler } from './chat-handler.ts';
import { fetchServerNames, fetchServers } from './servers.ts';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

describe('a route of a Hono app', () => {
  type Variables = { tenant: string };

  it.each(stages)(
    'keeps what auth refuses refused, and gives auth’s word to the legs, in stage %s',
    async (stage) => {
      const handler = fetchCutover({
        name: 'chat',
        tenant: (_head, { tenant }: Variables) => tenant,
        identify: async (request) => ({ task: await messageOf(request) }),
        legacy: async (request, { tenant }) =>
          new Response(`legacy to ${tenant}: ${await messageOf(request)}`),
        candidate: async (_context, request, { tenant }) =>
          `candidate to ${tenant}: ${await messageOf(request)}`,
        flags: memoryFlags(stage),
        logger: { warn: () => undefined },
      });
      const auth = createMiddleware<{ Variables: Variables }>(async (c, next) => {
        const token = c.req.header('authorization');
        if (token === undefined) return c.json({ error: 'who are you?' }, 401);
        c.set('tenant', token);
        await next();
        return undefined;
      });
      const app = new Hono<{ Variables: Variables }>();
      app.post('/chat', auth, (c) => handler(c.req.raw, { locals: { tenant: c.get('tenant') } }));
      app.post('/validated', auth, async (c) => {
        await c.req.json();
        return handler(await cloneRawRequest(c.req), { locals: { tenant: c.get('tenant') } });
      });
      const node = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
      await new Promise((resolve) => node.once('listening', resolve));
      const { port } = node.address() as AddressInfo;
      const ask = (path: string, headers: Record<string, string>) =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ message: question }),
        });
      const refused = await ask('/chat', {});
      expect([refused.status, await refused.json()]).toEqual([401, { error: 'who are you?' }]);
      expect(handler.stats().routes.chat?.calls).toBe(0);
      const leg = ['off', 'dualwrite', 'shadow'].includes(stage) ? 'legacy' : 'candidate';
      for (const path of ['/chat', '/validated']) {
        const answered = await ask(path, { authorization: 'acme' });
        expect(await answered.text()).toBe(`${leg} to acme: ${question}`);
      }
      node.closeAllConnections();
      node.close();
      await handler.close();
    },
  );
});

/** What a Hono app makes of a reply, behind middleware that most have. */
async function typeAndEncoding(
  legacy: () => Response,
  stage?: Stage,
): Promise<Record<'type' | 'encoding', string | null>> {
  await using chat = await startHandler(stage ?? 'off', { legacy });
  const app = new Hono();
  app.use(cors(), compress());
  app.post('/chat', (c) => (stage === undefined ? legacy() : chat.handler(c.req.raw)));
  const node = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await new Promise((resolve) => node.once('listening', resolve));
  const { port } = node.address() as AddressInfo;
  const body = JSON.stringify({ message: question });
  const init = { method: 'POST', headers: { 'accept-encoding': 'gzip' }, body };
  const { headers, ...answer } = await fetch(`http://127.0.0.1:${port}/chat`, init).then(
    async (response) => ({ headers: response.headers, text: await response.text() }),
  );
  expect(answer.text).toBe('an answer');
  node.closeAllConnections();
  node.close();
  return { type: headers.get('content-type'), encoding: headers.get('content-encoding') };
}

describe('a reply to which no type was given', () => {
  const untyped: Readonly<Record<string, () => Response>> = {
    // Compressed, its chunks would be held back.
    'a stream': () => new Response(new Blob(['an answer']).stream()),
    'a blob, which has one': () => new Response(new Blob(['an answer'], { type: 'audio/mpeg' })),
  };

  it.each(Object.entries(untyped))(
    'goes through Hono’s middleware as without a cutover: %s',
    async (_name, legacy) => {
      const bare = await typeAndEncoding(legacy);
      for (const stage of ['off', 'dualwrite'] as const)
        expect([stage, await typeAndEncoding(legacy, stage)]).toEqual([stage, bare]);
    },
  );
});

// Hono's server puts a class of its own in the place of the global `Response`, which `fetch` does not know.
describe('a legacy that passes on what it has fetched', () => {
  it.each(fetchServerNames)('is learned behind %s', async (server) => {
    const upstream = createServer((_req, res) => {
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ reply: 'fetched' }));
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const legacy = () => fetch(`http://127.0.0.1:${port}/`);
    await using chat = await startHandler('dualwrite', { legacy });
    await using app = await fetchServers[server]((request) => chat.handler(request));
    const answer = await fetch(app.url, {
      method: 'POST',
      body: JSON.stringify({ message: question }),
    });
    expect(await answer.json()).toEqual({ reply: 'fetched' });
    await chat.handler.flush();
    expect(chat.fake.patterns('default')).toMatchObject([{ task: question, code: 'fetched' }]);
    upstream.closeAllConnections();
    upstream.close();
  });
});

describe('a cutover whose legacy is the next handler of a Hono app', () => {
  interface Locals {
    readonly c: Context;
    readonly next: Next;
  }

  it.each(stages)('answers as the app alone, or as the candidate, in stage %s', async (stage) => {
    const { fake, engramia } = await learning();
    const handler = fetchCutover<Locals>({
      name: 'chat',
      legacy: async (request, { c, next }) => {
        c.req.raw = request;
        await next();
        return c.res;
      },
      candidate: async (_context, request) => `candidate: ${await messageOf(request)}`,
      tenant: () => 'acme',
      identify: async (request) => ({ task: await messageOf(request) }),
      flags: memoryFlags(stage),
      engramia,
      logger: { warn: () => undefined },
    });
    const app = new Hono();
    app.use(compress({ threshold: 1 }));
    app.post(
      '/chat',
      async (c, next) => {
        c.res = await handler(c.req.raw, { locals: { c, next } });
      },
      async (c) => c.text(`legacy: ${await messageOf(c.req.raw)}`),
    );
    const body = JSON.stringify({ message: question });
    const response = await app.request('/chat', { method: 'POST', body });
    const leg = ['off', 'dualwrite', 'shadow'].includes(stage) ? 'legacy' : 'candidate';
    expect([response.status, await response.text()]).toEqual([200, `${leg}: ${question}`]);
    await handler.close();
    const learned = fake.patterns('default').map(({ code }) => code);
    expect(learned).toEqual(stage === 'off' ? [] : [`${leg}: ${question}`]);
  });
});
