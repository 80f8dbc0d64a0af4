import { once } from 'node:events';
import { runInNewContext } from 'node:vm';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { shadowSafe } from 'engramia-cutover';
import { openTelemetry } from 'engramia-cutover/opentelemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chat, deferred } from '../router/world.ts';
import { activeSpan, carrySpans, parentOf, tracedWorld, work } from './traced-world.ts';

beforeAll(carrySpans);
afterAll(() => context.disable());

const planted = new TypeError('a secret of the user');
const broken = async (): Promise<never> => {
  throw planted;
};

describe('openTelemetry()', () => {
  it.each([
    ['off', 'legacy'],
    ['dualwrite', 'legacy'],
    ['live', 'candidate'],
    ['complete', 'candidate'],
  ] as const)(
    'makes a child of the caller’s span of the leg that answers in %s',
    async (stage, leg) => {
      const world = tracedWorld();
      const { handler } = chat(stage, { tracing: openTelemetry({ tracer: world.tracer }) });
      const run = () => handler.run(['u', 'one'], { requestId: 'request-1' });
      expect(await world.call(run)).toBe(`${leg}: one`);
      const span = world.one(`cutover ${leg}`);
      expect(parentOf(span, world.one('caller'))).toBe('caller');
      expect(span.attributes).toEqual({
        'engramia_cutover.route': 'chat',
        'engramia_cutover.stage': stage,
        'engramia_cutover.leg': leg,
        'engramia_cutover.mirrored': false,
        'engramia_cutover.fell_back': false,
        'engramia_cutover.request_id': 'request-1',
        'engramia_cutover.reason': 'flag',
      });
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
    },
  );

  it('makes the spans of a leg children of the leg’s, and none of what the caller does after', async () => {
    const world = tracedWorld();
    const { handler } = chat('live', {
      tracing: openTelemetry({ tracer: world.tracer }),
      candidate: async () => {
        await work(world.tracer, 'inside');
        return 'done';
      },
    });
    await world.call(async () => {
      await handler('u', 'one');
      await work(world.tracer, 'after');
    });
    const spans = [world.one('caller'), world.one('cutover candidate')];
    const parents = (name: string) => world.ended(name).map((span) => parentOf(span, ...spans));
    expect(parents('inside')).toEqual(['cutover candidate', 'cutover candidate']);
    expect(parents('after')).toEqual(['caller', 'caller']);
  });

  it('lasts as long as the leg', async () => {
    const world = tracedWorld();
    const reply = deferred<string>();
    const tracing = openTelemetry({ tracer: world.tracer });
    const { handler } = chat('live', { tracing, candidate: () => reply.promise });
    const answered = handler('u', 'one');
    expect(world.ended('cutover candidate')).toHaveLength(0);
    reply.resolve('late');
    expect(await answered).toBe('late');
    expect(world.ended('cutover candidate')).toHaveLength(1);
  });

  it('gives a mirrored leg a trace of its own, with a link to the caller’s span', async () => {
    const world = tracedWorld();
    const { handler } = chat('shadow', {
      tracing: openTelemetry({ tracer: world.tracer }),
      candidate: shadowSafe(async () => {
        await work(world.tracer, 'inside');
        return 'mirrored';
      }),
    });
    await world.call(() => handler('u', 'one'));
    await handler.flush();
    const [caller, mirrored] = [world.one('caller'), world.one('cutover candidate')];
    expect(mirrored.parentSpanContext).toBeUndefined();
    expect(mirrored.spanContext().traceId).not.toBe(caller.spanContext().traceId);
    expect(mirrored.links.map((link) => link.context.spanId)).toEqual([
      caller.spanContext().spanId,
    ]);
    expect(mirrored.attributes).toMatchObject({
      'engramia_cutover.mirrored': true,
      'engramia_cutover.stage': 'shadow',
    });
    expect(parentOf(world.one('cutover legacy'), caller)).toBe('caller');
    expect(world.ended('inside').map((span) => parentOf(span, mirrored))).toEqual([
      'cutover candidate',
      'cutover candidate',
    ]);
  });

  it('ends the span of a mirrored leg that is told to stop, since it may never end', async () => {
    const world = tracedWorld();
    const { handler } = chat('shadow', {
      tracing: openTelemetry({ tracer: world.tracer }),
      candidate: shadowSafe(() => new Promise<string>(() => undefined)),
      shadow: { mirror: { deadlineMs: 1 } },
    });
    await handler('u', 'one');
    await handler.flush();
    expect(handler.stats().mirror.timedOut).toBe(1);
    const { status, attributes } = world.one('cutover candidate');
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes['error.type']).toBe('ERR_CUTOVER_DEADLINE');
  });

  it.each([
    ['error', 'TypeError', { candidate: broken }],
    ['failure', 'failure', { fallback: { isFailure: () => true } }],
    [
      'timeout',
      'ERR_CUTOVER_DEADLINE',
      { candidate: () => new Promise<string>(() => undefined), fallback: { afterMs: 1 } },
    ],
  ] as const)(
    'tells a fallback by %s as two children of the caller’s span',
    async (why, type, over) => {
      const world = tracedWorld();
      const tracing = openTelemetry({ tracer: world.tracer });
      const { handler } = chat('live', { tracing, ...over });
      expect(await world.call(() => handler('u', 'one'))).toBe('legacy: one');
      const [caller, candidate, legacy] = [
        world.one('caller'),
        world.one('cutover candidate'),
        world.one('cutover legacy'),
      ];
      expect(candidate.status).toEqual({ code: SpanStatusCode.ERROR });
      expect(candidate.attributes).toMatchObject({
        'error.type': type,
        'engramia_cutover.fallback': why,
      });
      expect(legacy.attributes).toMatchObject({ 'engramia_cutover.fell_back': true });
      expect(legacy.status.code).toBe(SpanStatusCode.UNSET);
      expect([candidate, legacy].map((span) => parentOf(span, caller))).toEqual([
        'caller',
        'caller',
      ]);
      expect(caller.events.map((event) => event.name)).toEqual(['feature_flag.evaluation']);
    },
  );

  it('keeps legacy a child of the caller’s span when the candidate has turned to its context', async () => {
    const world = tracedWorld();
    const { handler } = chat('live', {
      tracing: openTelemetry({ tracer: world.tracer }),
      candidate: (call) => once(call.signal, 'abort').then(() => 'too late'),
      fallback: { afterMs: 1 },
    });
    await world.call(() => handler('u', 'one'));
    expect(parentOf(world.one('cutover legacy'), world.one('caller'))).toBe('caller');
  });

  it('gives the caller the very error of the leg, and tells its type alone', async () => {
    const world = tracedWorld();
    const tracing = openTelemetry({ tracer: world.tracer });
    const { handler } = chat('complete', { tracing, candidate: broken });
    await expect(world.call(() => handler('u', 'one'))).rejects.toBe(planted);
    const { attributes, events, status } = world.one('cutover candidate');
    expect(attributes['error.type']).toBe('TypeError');
    expect(JSON.stringify([attributes, events, status])).not.toContain('secret');
  });

  it.each([
    ['this', planted],
    ['another', runInNewContext('new TypeError("a secret of the user")')],
  ])(
    'records what a leg threw where the app asks for it, an error of %s realm',
    async (_, thrown) => {
      const world = tracedWorld();
      const tracing = openTelemetry({ tracer: world.tracer, exceptions: true });
      const { handler } = chat('off', { tracing, legacy: () => Promise.reject(thrown) });
      await expect(handler('u', 'one')).rejects.toBe(thrown);
      const [recorded] = world
        .one('cutover legacy')
        .events.filter(({ name }) => name === 'exception');
      expect(recorded?.attributes?.['exception.message']).toBe(planted.message);
    },
  );

  it('tells the evaluation of the flag on the caller’s span, by the semantic conventions', async () => {
    const world = tracedWorld();
    const tracing = openTelemetry({ tracer: world.tracer });
    const { handler } = chat('live', { tracing, flagKey: 'chat-stage' });
    await world.call(() => handler('u', 'one'));
    const [event, ...more] = world.one('caller').events;
    expect(more).toEqual([]);
    expect([event?.name, event?.attributes]).toEqual([
      'feature_flag.evaluation',
      {
        'feature_flag.key': 'chat-stage',
        'feature_flag.provider.name': 'memory',
        'feature_flag.result.variant': 'live',
        'feature_flag.result.reason': 'unknown',
      },
    ]);
  });

  it('tells it on the leg’s span where there is no other, and not where no flag was asked', async () => {
    const world = tracedWorld();
    const { handler } = chat('live', { tracing: openTelemetry({ tracer: world.tracer }) });
    await handler('u', 'one');
    handler.kill();
    await handler('u', 'two');
    const names = (name: string) => world.one(name).events.map((event) => event.name);
    expect(names('cutover candidate')).toEqual(['feature_flag.evaluation']);
    expect(names('cutover legacy')).toEqual([]);
    expect(world.one('cutover legacy').attributes['engramia_cutover.reason']).toBe('killed');
  });

  it('names the tenant only where the app asks for it', async () => {
    const told = async (tenant: boolean): Promise<string> => {
      const world = tracedWorld();
      const { handler } = chat('live', {
        tracing: openTelemetry({ tracer: world.tracer, tenant }),
        identify: () => ({
          tenant: 'tenant-of-the-call',
          user: 'user-of-the-call',
          task: 'a task',
        }),
      });
      await world.call(() => handler('u', 'one'));
      const spans = [world.one('caller'), world.one('cutover candidate')];
      return JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]));
    };
    expect(await told(false)).not.toMatch(/tenant-of-the-call|user-of-the-call|a task/);
    expect(await told(true)).toMatch(
      /context.id":"tenant-of-the-call".*cutover.tenant":"tenant-of/,
    );
  });

  it('finds the global provider, also one that comes later', async () => {
    const world = tracedWorld();
    const { handler } = chat('live', { tracing: openTelemetry() });
    await handler('u', 'before');
    trace.setGlobalTracerProvider(world.provider);
    await handler('u', 'after');
    trace.disable();
    expect(world.one('cutover candidate').instrumentationScope.name).toBe('engramia-cutover');
  });

  it('leaves no span active behind it', async () => {
    const world = tracedWorld();
    const { handler } = chat('live', { tracing: openTelemetry({ tracer: world.tracer }) });
    await handler('u', 'one');
    expect(activeSpan()).toBeUndefined();
  });

  it('refuses what is no tracer, and an option that is not one', () => {
    expect(() => openTelemetry({ tracer: {} as never, tenants: true } as never)).toThrow(
      /tenants is not an option.*tracer must be an object with startSpan\(\)/,
    );
  });
});
