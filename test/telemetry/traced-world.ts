import { context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** A real SDK whose spans stay in memory. */
export interface TracedWorld {
  readonly provider: TracerProvider;
  readonly tracer: Tracer;
  /** Runs inside a span of the caller's, and ends it. */
  call<T>(run: () => Promise<T>): Promise<T>;
  /** The spans of a name that have ended, oldest first. */
  ended(name: string): ReadableSpan[];
  /** The one span of a name that has ended. */
  one(name: string): ReadableSpan;
}

/** Makes async contexts carry spans, for all tests of a file. */
export function carrySpans(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
}

export function tracedWorld(): TracedWorld {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('app');
  const ended = (name: string): ReadableSpan[] =>
    exporter.getFinishedSpans().filter((span) => span.name === name);
  return {
    provider,
    tracer,
    call: (run) =>
      tracer.startActiveSpan('caller', async (span: Span) => {
        try {
          return await run();
        } finally {
          span.end();
        }
      }),
    ended,
    one(name) {
      const [span, ...more] = ended(name);
      if (span === undefined || more.length > 0) {
        throw new Error(`${more.length + (span ? 1 : 0)} spans "${name}" have ended`);
      }
      return span;
    },
  };
}

/** The name of the span that a span is a child of; undefined: it is the root of its trace. */
export function parentOf(
  child: ReadableSpan,
  ...spans: readonly ReadableSpan[]
): string | undefined {
  const id = child.parentSpanContext?.spanId;
  if (id === undefined) return undefined;
  return spans.find((span) => span.spanContext().spanId === id)?.name ?? 'another span';
}

/** Makes and ends a span of the app's own, in whatever context it runs. */
export async function work(tracer: Tracer, name: string): Promise<void> {
  tracer.startSpan(name).end();
  await Promise.resolve();
  tracer.startSpan(name).end();
}

export const activeSpan = (): Span | undefined => trace.getActiveSpan();
