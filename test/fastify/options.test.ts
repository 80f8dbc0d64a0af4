import { type CallContext, createCutover, InvalidOptionsError, shadowSafe } from 'engramia-cutover';
import {
  cutoverRoute,
  type FastifyCutoverConfig,
  type FastifyCutoverOptions,
  type FastifyRouteOptions,
  fastifyCutover,
} from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { chatRoute, type Question, startChat } from './chat-app.ts';

const flags = memoryFlags('off');
const legacy = async () => 'legacy';

async function refusal(run: () => unknown): Promise<InvalidOptionsError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

async function plugged(): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(fastifyCutover, { flags });
  return app;
}

/** What is said of a route's config. */
async function refusedConfig(config: unknown): Promise<InvalidOptionsError> {
  const app = await plugged();
  const cutover = config as FastifyCutoverConfig;
  return refusal(() => app.post('/chat', { config: { cutover } }, legacy));
}

describe('a route’s config', () => {
  it('is refused with every issue at once, where the route is declared, by its name', async () => {
    const { message, issues } = await refusedConfig({
      name: '',
      read: 'no',
      candidate: 1,
      maxReplyBytes: -1,
      legacy,
      learn: { maxCodeChars: 0 },
      body: 'hold',
    });
    expect(message).toMatch(/^Invalid options of the cutover of route POST \/chat: /);
    for (const part of [
      /^legacy is not an option/,
      /^read must/,
      /^maxReplyBytes must/,
      /^name must/,
      /^candidate must/,
      /^identify is missing/,
      /^learn\.maxCodeChars must/,
      /^body is not an option/,
    ]) {
      expect(issues.filter((issue) => part.test(issue))).toHaveLength(1);
    }
    expect(issues.at(1)).toMatch(
      /^body is not an option \(there are: name, candidate, .*, read, requestId\)$/,
    );
  });

  it.each([null, true, 'chat'])('is refused when it is %s', async (config) => {
    expect((await refusedConfig(config)).message).toMatch(/POST \/chat: options must be an object/);
  });

  it('is refused when its name is taken', async () => {
    const app = await plugged();
    app.post('/first', { config: { cutover: { ...chatRoute } } }, legacy);
    const again = () => app.put('/again', { config: { cutover: { ...chatRoute } } }, legacy);
    expect((await refusal(again)).message).toMatch(/PUT \/again: name "chat" is taken/);
  });

  it('may be one for several routes, which then are one to the cutover', async () => {
    const app = await plugged();
    const config = { cutover: chatRoute };
    app.post('/a', { config }, async () => 'a');
    app.post('/b', { config }, async () => 'b');
    const ask = async (url: string) =>
      (await app.inject({ method: 'POST', url, payload: { message: 'hello' } })).body;
    expect([await ask('/a'), await ask('/b')]).toEqual(['a', 'b']);
    expect(app.cutover.stats().routes.chat?.calls).toBe(2);
  });

  it('stays the app’s own object', async () => {
    const cutover = Object.freeze({ ...chatRoute });
    const config = Object.freeze({ cutover, other: 1 });
    const app = await plugged();
    app.post('/chat', { config }, async (request) => ({
      same: request.routeOptions.config.cutover === cutover,
      keys: Object.keys(request.routeOptions.config).sort(),
    }));
    const reply = await app.inject({ method: 'POST', url: '/chat', payload: { message: 'hello' } });
    expect(reply.json()).toEqual({ same: true, keys: ['cutover', 'method', 'other', 'url'] });
  });
});

describe('the plugin’s options', () => {
  const registered = (options: unknown) =>
    refusal(() => Fastify().register(fastifyCutover, options as FastifyCutoverOptions));

  it('are refused with every issue at once', async () => {
    const background = { mode: 'await' };
    const { issues } = await registered({
      flags: 1,
      decideTimeoutMs: 0,
      colour: 'red',
      background,
    });
    for (const part of [/^flags must/, /^decideTimeoutMs must/, /^colour is not/, /^background/]) {
      expect(issues.filter((issue) => part.test(issue))).toHaveLength(1);
    }
  });

  it('are flags, or a cutover of createCutover() and nothing beside it', async () => {
    expect((await registered(undefined)).message).toMatch(/flags is missing/);
    expect((await registered({ cutover: {} })).message).toMatch(/made by createCutover\(\)/);
    const cutover = createCutover({ flags });
    expect((await registered({ cutover, flags })).message).toMatch(/flags is not an option/);
  });

  it('take a cutover that is undefined for one that was not given', async () => {
    expect((await registered({ cutover: undefined })).message).toMatch(/flags is missing/);
    const app = Fastify();
    await app.register(fastifyCutover, { cutover: undefined, flags } as never);
    expect(app.cutover.stats().state).toBe('open');
    await app.close();
  });
});

describe('the types', () => {
  it('infer the input from `read`', () => {
    const route = cutoverRoute({
      name: 'chat',
      read: async (request) => ({ path: request.url }),
      identify: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ path: string }>();
        return { tenant: 'acme', task: input.path };
      },
      candidate: shadowSafe(async (context, input) => {
        expectTypeOf(context).toEqualTypeOf<CallContext>();
        expectTypeOf(input).toEqualTypeOf<{ path: string }>();
        return input.path;
      }),
    });
    expectTypeOf(route).toEqualTypeOf<FastifyRouteOptions<{ path: string }>>();
    expectTypeOf(route).toExtend<FastifyCutoverConfig>();
  });

  it('let `read` ask for a request whose body it knows', () => {
    const route = cutoverRoute({
      name: 'chat',
      read: (request: FastifyRequest<{ Body: Question }>) => request.body,
      identify: ({ message }) => ({ tenant: 'acme', task: message }),
      candidate: async (_context, { message }) => message,
    });
    expectTypeOf(route).toEqualTypeOf<FastifyRouteOptions<Question>>();
  });

  it('hold a config without the helper to what a cutover needs', () => {
    type Config = NonNullable<FastifyRequest['routeOptions']['config']['cutover']>;
    expectTypeOf<Config>().toEqualTypeOf<FastifyCutoverConfig>();
    expectTypeOf<{ name: string }>().not.toExtend<Config>();
    const plain = {
      name: 'chat',
      read: (request: FastifyRequest) => request.url,
      identify: (url: string) => ({ tenant: 'acme', task: url }),
      candidate: async (_context: CallContext, url: string) => url,
    };
    expectTypeOf(plain).toExtend<Config>();
  });

  it('want shared options or a cutover, not both', () => {
    expectTypeOf<{ cutover: ReturnType<typeof createCutover> }>().toExtend<FastifyCutoverOptions>();
    expectTypeOf<{ flags: typeof flags }>().toExtend<FastifyCutoverOptions>();
    expectTypeOf<Record<never, never>>().not.toExtend<FastifyCutoverOptions>();
  });
});

describe('a wrapped handler', () => {
  it('runs with the `this`, request and reply of its route, and keeps its name and length', async () => {
    const seen: unknown[] = [];
    await using chat = await startChat({
      stage: 'dualwrite',
      legacy: function named(request, reply) {
        seen.push(this === chat.app, request.server === this, reply.request === request);
        return 'ok';
      },
    });
    expect(await (await chat.ask()).text()).toBe('ok');
    expect(seen).toEqual([true, true, true]);
    const app = await plugged();
    const lengths: unknown[] = [];
    app.addHook('onRoute', ({ handler }) => {
      lengths.push(handler.name, handler.length);
    });
    app.post('/chat', { config: { cutover: chatRoute } }, async function own(_request, _reply) {
      return 'ok';
    });
    expect(lengths).toEqual(['own', 2]);
  });
});
