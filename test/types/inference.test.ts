import {
  type CallContext,
  type CutoverEvent,
  type CutoverHandler,
  type CutoverOptions,
  createCutover,
  createCutoverHandler,
  createCutoverStream,
  createEngramiaClient,
  type Decision,
  type EngramiaClient,
  type RouteOptions,
  type ScopeSource,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, expectTypeOf, it } from 'vitest';

const flags = memoryFlags('off');
const identify = () => ({ tenant: 'acme', task: 'a task' });

describe('the types', () => {
  it('keep the signature of legacy, optional and rest parameters included', () => {
    const optional = createCutoverHandler({
      name: 'optional',
      legacy: async (id: string, size?: number, ...tags: string[]) => ({ id, size, tags }),
      candidate: (context, id, size, ...tags) => {
        expectTypeOf(context).toEqualTypeOf<CallContext>();
        expectTypeOf(id).toEqualTypeOf<string>();
        expectTypeOf(size).toEqualTypeOf<number | undefined>();
        expectTypeOf(tags).toEqualTypeOf<string[]>();
        return { id, size, tags };
      },
      identify: (id, size) => {
        expectTypeOf(id).toEqualTypeOf<string>();
        expectTypeOf(size).toEqualTypeOf<number | undefined>();
        return { tenant: id, task: 'a task' };
      },
      flags,
    });
    type Reply = { id: string; size: number | undefined; tags: string[] };
    expectTypeOf(optional).parameters.toEqualTypeOf<[string, (number | undefined)?, ...string[]]>();
    expectTypeOf(optional).returns.resolves.toEqualTypeOf<Reply>();
    expectTypeOf(optional.run).returns.resolves.toEqualTypeOf<Reply>();
    expectTypeOf(optional.decide).parameters.toEqualTypeOf<
      [string, (number | undefined)?, ...string[]]
    >();
    expectTypeOf(optional.decide).returns.resolves.toEqualTypeOf<Decision>();
  });

  it('take undefined for what is not given, as apps with exact optional properties have it', async () => {
    const given: { user?: string; signal?: AbortSignal; logger?: { warn(message: string): void } } =
      {};
    const { user, signal, logger } = given;
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => message,
      candidate: (_context, message) => message,
      identify: (task) => ({
        tenant: 'acme',
        user,
        conversation: user,
        attributes: undefined,
        task,
      }),
      flags: memoryFlags('live'),
      engramia: undefined,
      defaultStage: undefined,
      killFile: undefined,
      tracing: undefined,
      shadow: undefined,
      background: undefined,
      signal,
      logger,
    });
    const init = { signal, requestId: user, waitUntil: undefined };
    expectTypeOf(handler.run).toBeCallableWith(['hello'], init);
    expect(await handler.run(['hello'], init)).toBe('hello');
    await handler.close();
    expectTypeOf(createEngramiaClient).toBeCallableWith({ baseUrl: user, apiKey: user });
  });

  it('take undefined for every option of a route that is not given', async () => {
    const nothing = { given: undefined };
    const { given } = nothing;
    const compare = {
      ignoreCase: given,
      ignore: given,
      toolOrder: given,
      maxChars: given,
      embed: given,
      judge: given,
      layers: given,
      without: given,
      thresholds: {
        longer: given,
        shorter: given,
        slower: given,
        lexical: given,
        embedding: given,
      },
    };
    const shared = {
      handBack: given,
      snapshot: given,
      isGone: given,
      maxReplyBytes: given,
      flagKey: given,
      targeting: given,
      view: given,
      legacyShadow: given,
    };
    const learn = {
      via: given,
      evalScore: { legacy: given, candidate: given },
      maxTaskChars: given,
      maxCodeChars: given,
      minTaskChars: given,
      filter: given,
      redact: given,
      runId: given,
    };
    const compared: unknown[] = [];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => `legacy: ${message}`,
      candidate: shadowSafe(async (_context: CallContext, message: string) => `new: ${message}`),
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('shadow'),
      ...shared,
      fallback: { when: given, afterMs: given, isFailure: given },
      sample: { mirror: given, noise: given },
      learn,
      compare,
    });
    handler.on('compared', (event) => compared.push(event));
    expect(await handler('Build a CSV parser')).toBe('legacy: Build a CSV parser');
    expect((await handler.flush()).mirror.ok.stored).toBe(1);
    expect(compared).toHaveLength(1);
    await handler.close();
    const stream = createCutoverStream({
      name: 'stream',
      legacy: async function* (message: string) {
        yield message;
      },
      candidate: async function* (_context, message) {
        yield message;
      },
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('live'),
      ...shared,
      fallback: given,
      sample: given,
      learn: given,
      compare: given,
    });
    for await (const chunk of stream('hello')) expect(chunk).toBe('hello');
    await stream.close();
  });

  it('take a function that names the tenant by fewer arguments than legacy has', async () => {
    const byTenant = (tenant: string) => ({ tenant, task: 'a task' });
    const handler = createCutoverHandler({
      name: 'shared',
      legacy: async (tenant: string, count?: number) => `${tenant} ${count}`,
      candidate: (_context, tenant, count) => {
        expectTypeOf(count).toEqualTypeOf<number | undefined>();
        return `${tenant} ${count}`;
      },
      identify: byTenant,
      flags,
    });
    expectTypeOf(handler).parameters.toEqualTypeOf<[string, (number | undefined)?]>();
    const stream = createCutoverStream({
      name: 'shared',
      legacy: async function* (tenant: string, count?: number) {
        yield `${tenant} ${count}`;
      },
      candidate: async function* (_context, tenant) {
        yield tenant;
      },
      identify: byTenant,
      flags,
    });
    expectTypeOf(stream).parameters.toEqualTypeOf<[string, (number | undefined)?]>();
    type Identify = RouteOptions<[string, number], string>['identify'];
    expectTypeOf<(tenant: number) => { tenant: string; task: string }>().not.toExtend<Identify>();
    await using _handler = handler;
    await using _stream = stream;
  });

  it('give a synchronous legacy’s reply as a promise', () => {
    const wrapped = createCutover({ flags }).handler({
      name: 'sync',
      legacy: (n: number) => n > 1,
      candidate: async (_context, n) => n > 2,
      identify: (n) => ({ tenant: String(n), task: 'a task' }),
    });
    expectTypeOf(wrapped).toEqualTypeOf<CutoverHandler<[n: number], boolean>>();
    expectTypeOf(wrapped).returns.resolves.toBeBoolean();
  });

  it('hold the candidate to legacy’s reply', () => {
    type Candidate = RouteOptions<[string], Promise<string>>['candidate'];
    expectTypeOf<(context: CallContext, id: string) => Promise<string>>().toExtend<Candidate>();
    expectTypeOf<() => string>().toExtend<Candidate>();
    expectTypeOf<() => Promise<number>>().not.toExtend<Candidate>();
    expectTypeOf<(context: CallContext, id: number) => string>().not.toExtend<Candidate>();
  });

  it('take a default with its type, or of a function that is written elsewhere', () => {
    const identify = (id: string) => ({ tenant: id, task: 'a task' });
    const typed = createCutoverHandler({
      name: 'typed',
      legacy: (id: string, count: number = 3) => `${id} ${count}`,
      candidate: (_context, id, count) => `${count} ${id}`,
      identify,
      flags,
    });
    expectTypeOf(typed).parameters.toEqualTypeOf<[string, (number | undefined)?]>();
    const elsewhere = (id: string, count = 3) => `${id} ${count}`;
    const named = createCutoverHandler({
      name: 'named',
      legacy: elsewhere,
      candidate: (_context, id, count) => `${count} ${id}`,
      identify,
      flags,
    });
    expectTypeOf(named).parameters.toEqualTypeOf<[string, (number | undefined)?]>();
  });

  it('let an app put its own generic function around', () => {
    function wrap<A extends unknown[], R>(
      legacy: (...args: A) => Promise<R>,
      candidate: (context: CallContext, ...args: A) => Promise<R>,
      tenantOf: (...args: A) => string,
    ) {
      return createCutoverHandler({
        name: 'wrapped',
        legacy,
        candidate: shadowSafe(candidate),
        identify: (...args) => ({ tenant: tenantOf(...args), task: 'a task' }),
        flags,
      });
    }
    const wrapped = wrap(
      async (id: string, count: number) => `${id} ${count}`,
      async (_context, id, count) => `${count} ${id}`,
      (id) => id,
    );
    expectTypeOf(wrapped).toEqualTypeOf<
      CutoverHandler<[id: string, count: number], Promise<string>>
    >();
  });

  it('infer through shadowSafe', () => {
    const wrapped = createCutoverHandler({
      name: 'safe',
      legacy: async (id: string, count: number) => `${id} ${count}`,
      candidate: shadowSafe(async (context, id, count) => {
        expectTypeOf(context).toEqualTypeOf<CallContext>();
        expectTypeOf(id).toEqualTypeOf<string>();
        expectTypeOf(count).toEqualTypeOf<number>();
        return 'x';
      }),
      identify,
      flags,
    });
    expectTypeOf(wrapped).parameters.toEqualTypeOf<[id: string, count: number]>();
  });

  it('refuse a bare client where a scope is wanted', () => {
    expectTypeOf<NonNullable<CutoverOptions['engramia']>>().toEqualTypeOf<ScopeSource>();
    expectTypeOf<EngramiaClient>().not.toExtend<ScopeSource>();
  });

  it('tell events apart by their type', () => {
    expectTypeOf<Extract<CutoverEvent, { type: 'fallback' }>['why']>().toEqualTypeOf<
      'error' | 'timeout' | 'failure'
    >();
    const handler = createCutoverHandler({
      name: 'events',
      legacy: () => 1,
      candidate: () => 2,
      identify,
      flags,
    });
    handler.on('decided', (event) => {
      expectTypeOf(event.type).toEqualTypeOf<'decided'>();
      expectTypeOf(event.stage).toEqualTypeOf<Stage>();
    });
  });
});
