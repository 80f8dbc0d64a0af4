import {
  type Attributes,
  type Context,
  context,
  type Exception,
  type Link,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { LegEnd, LegRun, LegTrace, LegTracing } from '../core/contracts/leg-tracing.ts';
import { errorFacts } from '../core/events/error-facts.ts';
import { isError } from '../core/is-error.ts';
import { check, having, issuesOf, refuse } from '../core/option-checks.ts';
import { flagEvaluation, flagEvaluationName } from './flag-evaluation.ts';

/** Settings of `openTelemetry`. */
export interface OpenTelemetryOptions {
  /** Makes the spans. @default the global provider's, looked up when a leg begins */
  tracer?: Tracer | undefined;
  /** Whether spans and flag evaluations name the tenant. @default false */
  tenant?: boolean | undefined;
  /** Whether spans record what legs threw, message and stack included, which may hold anything. @default false */
  exceptions?: boolean | undefined;
}

/**
 * Makes a span of each leg: of one that answers, a child of the caller's; of a mirrored one, a trace of its own with a link
 * to the caller's span. Spans that the app makes inside a leg are children of the leg's. Needs `@opentelemetry/api`.
 *
 * @throws InvalidOptionsError naming every issue at once
 * @example
 * ```ts
 * import { createCutover } from 'engramia-cutover';
 * import { memoryFlags } from 'engramia-cutover/flags';
 * import { openTelemetry } from 'engramia-cutover/opentelemetry';
 *
 * const cutover = createCutover({ flags: memoryFlags('off'), tracing: openTelemetry() });
 * ```
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): LegTracing {
  const checks = {
    tracer: having('startSpan'),
    tenant: check.boolean,
    exceptions: check.boolean,
  };
  refuse('openTelemetry()', issuesOf(options, checks));
  const { tenant = false, exceptions = false } = options;
  return {
    begin(run) {
      const caller = context.active();
      const tracer = options.tracer ?? trace.getTracer('engramia-cutover');
      const span = startSpan(tracer, caller, run, tenant);
      return new SpanTrace(span, trace.setSpan(caller, span), exceptions);
    },
  };
}

function startSpan(tracer: Tracer, caller: Context, run: LegRun, withTenant: boolean): Span {
  const attributes = attributesOf(run, withTenant);
  const name = `cutover ${run.leg}`;
  if (run.mirrored) {
    return tracer.startSpan(name, { root: true, links: linksTo(caller), attributes }, caller);
  }
  const span = tracer.startSpan(name, { attributes }, caller);
  const flag = run.decision && flagEvaluation(run, run.decision, withTenant);
  if (flag !== undefined) (trace.getSpan(caller) ?? span).addEvent(flagEvaluationName, flag);
  return span;
}

function attributesOf(run: LegRun, withTenant: boolean): Attributes {
  return {
    'engramia_cutover.route': run.route,
    'engramia_cutover.stage': run.stage,
    'engramia_cutover.leg': run.leg,
    'engramia_cutover.mirrored': run.mirrored,
    'engramia_cutover.fell_back': run.fellBack,
    'engramia_cutover.request_id': run.requestId,
    ...(run.decision && { 'engramia_cutover.reason': run.decision.reason }),
    ...(withTenant && { 'engramia_cutover.tenant': run.tenant }),
  };
}

function linksTo(caller: Context): Link[] {
  const spanContext = trace.getSpanContext(caller);
  return spanContext === undefined ? [] : [{ context: spanContext }];
}

/** The span of one leg. */
class SpanTrace implements LegTrace {
  readonly #span: Span;
  readonly #inside: Context;
  readonly #exceptions: boolean;

  constructor(span: Span, inside: Context, exceptions: boolean) {
    this.#span = span;
    this.#inside = inside;
    this.#exceptions = exceptions;
  }

  within(start: () => void): void {
    context.with(this.#inside, start);
  }

  end({ status, reason, fallback }: LegEnd): void {
    const span = this.#span;
    if (fallback !== undefined) span.setAttribute('engramia_cutover.fallback', fallback);
    if (status === 'rejected') {
      span.setAttribute('error.type', errorTypeOf(reason, fallback));
      // Without a message: it may hold anything.
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (this.#exceptions && isError(reason)) span.recordException(reason as Exception);
    }
    span.end();
  }
}

/** A reply that the app calls a failure was not thrown, so it has no type of its own. */
function errorTypeOf(reason: unknown, fallback: LegEnd['fallback']): string {
  if (fallback === 'failure') return 'failure';
  const { code, name } = errorFacts(reason);
  return code ?? name;
}
