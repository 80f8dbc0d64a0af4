import type { Span, Tracer } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type CutoverOptions, type LegTracing, shadowSafe } from 'engramia-cutover';
import { openTelemetry } from 'engramia-cutover/opentelemetry';
import { describe, expect, it } from 'vitest';
import { chat, nextTurn } from '../router/world.ts';
import { tracedWorld } from './traced-world.ts';

type Tracing = NonNullable<CutoverOptions['tracing']>;

const fail = (): never => {
  throw new Error('planted');
};

/** A tracer whose spans throw at one of their methods. */
function breaking(method: keyof Span): Tracer {
  const { tracer } = tracedWorld();
  return {
    ...tracer,
    startSpan: (...given: Parameters<Tracer['startSpan']>) => {
      const span = tracer.startSpan(...given);
      return Object.assign(span, { [method]: fail });
    },
  } as Tracer;
}

const tracings: Readonly<Record<string, Tracing>> = {
  'whose tracer throws': openTelemetry({ tracer: { startSpan: fail } as unknown as Tracer }),
  'whose tracer makes no span': openTelemetry({
    tracer: { startSpan: () => undefined } as unknown as Tracer,
  }),
  'whose spans take no event': openTelemetry({ tracer: breaking('addEvent') }),
  'whose spans take no attribute': openTelemetry({ tracer: breaking('setAttribute') }),
  'whose spans cannot end': openTelemetry({ tracer: breaking('end') }),
  'that throws before it starts the leg': { begin: () => ({ within: fail, end: fail }) },
  'that never starts the leg': { begin: () => ({ within: () => undefined, end: () => undefined }) },
  'that starts the leg twice': {
    begin: () => ({
      within: (start) => {
        start();
        start();
      },
      end: () => undefined,
    }),
  },
  'that starts the leg and throws': {
    begin: () => ({
      within: (start) => {
        start();
        fail();
      },
      end: () => undefined,
    }),
  },
  'that starts the leg later': {
    begin: () => ({ within: (start) => queueMicrotask(start), end: () => undefined }),
  },
  'that rejects': { begin: () => Promise.reject(new Error('planted')) as unknown as undefined },
};

describe.each(Object.entries(tracings))('a tracing %s', (_what, tracing: LegTracing) => {
  it('changes neither replies nor errors, and each leg runs once', async () => {
    const ran: string[] = [];
    const reason = new Error('of the leg');
    const { handler, flags } = chat('live', {
      tracing,
      legacy: async (_userId: string, message: string) => {
        ran.push('legacy');
        return `legacy: ${message}`;
      },
      candidate: shadowSafe(async (_context, _userId: string, message: string) => {
        ran.push('candidate');
        if (message === 'fail') throw reason;
        return `candidate: ${message}`;
      }),
    });
    expect(await handler('u', 'one')).toBe('candidate: one');
    expect(await handler('u', 'fail')).toBe('legacy: fail');
    flags.set('acme', 'complete');
    await expect(handler('u', 'fail')).rejects.toBe(reason);
    flags.set('acme', 'shadow');
    expect(await handler('u', 'two')).toBe('legacy: two');
    const { mirror } = await handler.close();
    expect(mirror.ok.stored).toBe(1);
    await nextTurn();
    expect(ran).toEqual(['candidate', 'candidate', 'legacy', 'candidate', 'legacy', 'candidate']);
  });
});

describe('a tracing that throws', () => {
  it('is told as the error of an operation', async () => {
    const operations: string[] = [];
    const { handler, warnings } = chat('live', { tracing: { begin: fail } });
    handler.on('error', ({ operation, route }) => operations.push(`${operation} of ${route}`));
    await handler('u', 'one');
    expect(operations).toEqual(['tracing of chat']);
    expect(warnings.join()).toContain('tracing of route "chat" failed and was contained: Error.');
  });

  it('throws in a leg’s place only what the leg has thrown', async () => {
    const { handler } = chat('off', { tracing: { begin: fail }, legacy: () => fail() });
    await expect(handler('u', 'one')).rejects.toThrow('planted');
    expect(handler.stats().routes.chat?.failed.legacy).toBe(1);
  });
});

describe('an exporter', () => {
  const exporters: Readonly<Record<string, SpanExporter['export']>> = {
    'that hangs': () => undefined,
    'that throws': fail,
    'that fails': (_spans, done) => done({ code: 1, error: new Error('planted') }),
  };

  it.each(Object.entries(exporters))('%s keeps no caller waiting', async (_what, send) => {
    const exporter: SpanExporter = { export: send, shutdown: () => Promise.resolve() };
    for (const processor of [SimpleSpanProcessor, BatchSpanProcessor]) {
      const provider = new TracerProvider({ spanProcessors: [new processor({ exporter })] });
      const { handler } = chat('live', {
        tracing: openTelemetry({ tracer: provider.getTracer('app') }),
      });
      for (let call = 0; call < 50; call += 1) {
        expect(await handler('u', `${call}`)).toBe(`candidate: ${call}`);
      }
    }
  });
});

describe('a listener', () => {
  it.each(['decided', 'served', 'fallback'] as const)(
    'of "%s" that throws changes nothing for the caller',
    async (type) => {
      const { handler, warnings } = chat('live', { candidate: async () => fail() });
      handler.on(type, fail);
      handler.on(type, async () => fail());
      expect(await handler('u', 'one')).toBe('legacy: one');
      await nextTurn();
      expect(warnings.join()).toContain(`A listener of "${type}" failed: Error.`);
    },
  );
});
