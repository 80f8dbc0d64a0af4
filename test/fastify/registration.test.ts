import { createCutover, InvalidOptionsError } from 'engramia-cutover';
import { fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import Fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import { describe, expect, it } from 'vitest';
import { chatRoute, learning, question } from './chat-app.ts';
import { listen } from './servers.ts';

const config = () => ({ cutover: { ...chatRoute } });
const named = (name: string) => ({ cutover: { ...chatRoute, name } });
const legacy = async () => ({ reply: 'legacy' });
const live = () => createCutover({ flags: memoryFlags('live') });

async function answer(app: FastifyInstance, path: string): Promise<unknown> {
  const response = await app.inject({ method: 'POST', url: path, payload: { message: question } });
  return response.json();
}

const candidate = { reply: `candidate: ${question}` };

describe('the plugin', () => {
  it('wraps routes of the app, and of plugins that are registered behind it', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    app.post('/app', { config: named('app') }, legacy);
    await app.register(
      async (child) => {
        child.post('/chat', { config: named('child') }, legacy);
      },
      { prefix: '/child' },
    );
    expect(await answer(app, '/app')).toEqual(candidate);
    expect(await answer(app, '/child/chat')).toEqual(candidate);
  });

  it('leaves routes without a cutover alone, also those of before', async () => {
    const app = Fastify();
    app.post('/early', legacy);
    await app.register(fastifyCutover, { cutover: live() });
    app.post('/late', { config: {} }, legacy);
    expect(await answer(app, '/early')).toEqual({ reply: 'legacy' });
    expect(await answer(app, '/late')).toEqual({ reply: 'legacy' });
  });

  it('refuses a cutover beside the config of its route, which Fastify would pass over', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    const misplaced = { ...config(), config: {} };
    expect(() => app.post('/chat', misplaced, legacy)).toThrow(
      'Invalid options of route POST /chat: cutover belongs into the config of the route',
    );
    const others = { cutover: 'short', config: {} };
    app.post('/hair', others, legacy);
    expect(await answer(app, '/hair')).toEqual({ reply: 'legacy' });
  });

  it('leaves a handler the name and the number of parameters that other plugins know it by', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    const seen: unknown[] = [];
    app.addHook('onRoute', ({ method, handler }) => {
      if (method === 'POST') seen.push([handler.name, handler.length]);
    });
    const takesReply = (_request: unknown, reply: { send(value: unknown): unknown }) =>
      reply.send(candidate);
    app.post('/both', { config: named('both') }, takesReply as RouteHandlerMethod);
    app.post('/none', { config: named('none') }, legacy);
    await app.ready();
    expect(seen).toEqual([
      ['takesReply', 2],
      ['legacy', 0],
    ]);
  });

  it('names the route whose cutover cannot be', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    app.post('/one', { config: named('chat') }, legacy);
    expect(() => app.post('/two', { config: named('chat') }, legacy)).toThrow(
      /the cutover of route POST \/two[\s\S]*"chat" is taken/,
    );
  });

  it('keeps the app from starting with a route that was declared before it, and names it', async () => {
    const app = Fastify();
    app.post('/early', { config: named('early') }, legacy);
    app.route({
      method: ['PUT', 'PATCH'],
      url: '/:id/both',
      config: named('both'),
      handler: legacy,
    });
    await app.register(async (child) => {
      child.post('/of-a-child', { config: named('child') }, legacy);
    });
    await app.register(fastifyCutover, { cutover: live() });
    app.post('/late', { config: named('late') }, legacy);
    const failure = await Promise.resolve(app.ready()).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InvalidOptionsError);
    const { issues } = failure as InvalidOptionsError;
    expect(issues.map((issue) => /^route (\S+ \S+) was/.exec(issue)?.[1]).sort()).toEqual([
      'POST /early',
      'POST /of-a-child',
      'PUT,PATCH /:id/both',
    ]);
  });

  it('keeps the app from starting when it was registered without waiting for it', async () => {
    const app = Fastify();
    app.register(fastifyCutover, { cutover: live() });
    app.post('/chat', { config: config() }, legacy);
    await expect(app.ready()).rejects.toThrow(/POST \/chat was .* await/);
  });

  it('starts where each of two encapsulated plugins has a cutover of its own', async () => {
    const app = Fastify();
    for (const name of ['a', 'b']) {
      await app.register(async (child) => {
        await child.register(fastifyCutover, { cutover: live() });
        child.post(`/${name}`, { config: named(name) }, legacy);
      });
    }
    expect(await answer(app, '/a')).toEqual(candidate);
    expect(await answer(app, '/b')).toEqual(candidate);
  });

  it('starts with a route under every prefix, slash and method that Fastify makes of it', async () => {
    const app = Fastify({ exposeHeadRoutes: true });
    await app.register(fastifyCutover, { cutover: live() });
    await app.register(
      async (child) => {
        const cutover = { ...chatRoute, name: 'slash', read: () => ({ message: question }) };
        child.route({ method: 'GET', url: '/', config: { cutover }, handler: legacy });
      },
      { prefix: '/chat' },
    );
    const methods = ['POST', 'PUT'];
    app.route({ method: methods, url: '/many', config: named('many'), handler: legacy });
    await app.ready();
    for (const url of ['/chat', '/chat/']) {
      expect((await app.inject(url)).json()).toEqual(candidate);
      expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(200);
    }
    expect(await answer(app, '/many')).toEqual(candidate);
  });

  it('cannot be registered twice in one context', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    await expect(app.register(fastifyCutover, { cutover: live() })).rejects.toThrow(/cutover/);
  });

  it('decorates the app with the controls', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { flags: memoryFlags('live') });
    app.post('/chat', { config: config() }, legacy);
    expect(await answer(app, '/chat')).toEqual(candidate);
    expect(app.cutover.kill('drill')).toBe('killed');
    expect(await answer(app, '/chat')).toEqual({ reply: 'legacy' });
    expect(app.cutover.stats().routes.chat).toMatchObject({
      served: { legacy: 1, candidate: 1 },
    });
  });

  it('closes a cutover that it has made with the app, after its requests, and learns them', async () => {
    const { fake, engramia } = await learning();
    const app = Fastify();
    await app.register(fastifyCutover, { flags: memoryFlags('dualwrite'), engramia });
    app.post('/chat', { config: config() }, legacy);
    const port = await listen(app);
    const body = JSON.stringify({ message: question });
    const headers = { 'content-type': 'application/json', connection: 'close' };
    await (await fetch(`http://127.0.0.1:${port}/chat`, { method: 'POST', headers, body })).text();
    const { cutover } = app;
    await app.close();
    expect(cutover.stats().state).toBe('closed');
    expect(fake.patterns('default')[0]?.code).toBe('legacy');
  });

  it('leaves a cutover open that was handed in', async () => {
    const cutover = live();
    const app = Fastify();
    await app.register(fastifyCutover, { cutover });
    await app.ready();
    await app.close();
    expect(cutover.stats().state).toBe('open');
  });

  it('tells Fastify its name, and which versions it works with', async () => {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: live() });
    await app.ready();
    expect(app.hasPlugin('engramia-cutover')).toBe(true);
    expect(app.printPlugins()).toContain('engramia-cutover');
    const meta = Object.getOwnPropertyDescriptor(fastifyCutover, Symbol.for('plugin-meta'));
    expect(meta?.value.fastify).toBe('>=5 <6');
  });
});
