import { disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import type { LegEnd, LegRun, LegTrace, LegTracing } from '../../core/contracts/leg-tracing.ts';
import type { Leg } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import type { MirrorRun } from '../offer/mirror-run.ts';
import type { Route } from '../route/route.ts';
import { chain } from './chain.ts';

/** Runs a leg that answers the caller inside a trace of its own, which `endTrace` ends. */
export function traceServed(
  call: Call,
  leg: Leg,
  tracing: LegTracing,
  start: () => unknown,
): unknown {
  const { owner, route, requestId, tenant, stage, plan, chosen } = call;
  const fellBack = leg !== plan.serves;
  const { flagKey, flagProvider } = owner;
  const decision = fellBack ? undefined : { reason: chosen.reason, flagKey, flagProvider };
  const run = { route, requestId, tenant, stage, leg, mirrored: false, fellBack, decision };
  const trace = begin(owner, tracing, run);
  if (trace === undefined) return start();
  call.trace = trace;
  return within(owner, trace, start);
}

/** Ends the trace of the leg that answered, or that legacy replaces. */
export function endTrace(call: Call, how: LegEnd): void {
  const { trace } = call;
  if (trace === undefined) return;
  call.trace = undefined;
  contained(call.owner, () => trace.end(how));
}

/** Runs a leg in the shadow inside a trace that ends with it, or when it is told to stop. */
export function traceMirror(mirror: MirrorRun, tracing: LegTracing, start: () => unknown): unknown {
  const { owner, route, requestId, tenant, stage, leg } = mirror;
  const ids = { route, requestId, tenant, stage, leg };
  const run = { ...ids, mirrored: true, fellBack: false, decision: undefined };
  let trace = begin(owner, tracing, run);
  if (trace === undefined) return start();
  const end = (how: LegEnd): void => {
    const ended = trace;
    trace = undefined;
    if (ended !== undefined) contained(owner, () => ended.end(how));
  };
  const { signal } = mirror;
  const stopped = (): void => end({ status: 'rejected', reason: signal.reason });
  signal.addEventListener('abort', stopped, { once: true });
  const fulfilled = (reply: unknown): unknown => {
    end({ status: 'fulfilled' });
    return reply;
  };
  const rejected = (reason: unknown): never => {
    end({ status: 'rejected', reason });
    throw reason;
  };
  let reply: unknown;
  try {
    reply = within(owner, trace, start);
    if (isThenable(reply)) return chain(reply, fulfilled, rejected);
  } catch (reason) {
    return rejected(reason);
  }
  return fulfilled(reply);
}

function begin(owner: Route, tracing: LegTracing, run: LegRun): LegTrace | undefined {
  let trace: LegTrace | undefined;
  contained(owner, () => {
    trace = tracing.begin(run);
    return trace;
  });
  return trace;
}

/** The leg starts once and at once, whatever the trace does, and its own throw is nobody else's. */
function within(owner: Route, trace: LegTrace, start: () => unknown): unknown {
  const run = { isStarted: false, hasThrown: false, outcome: undefined as unknown };
  const once = (): void => {
    if (run.isStarted) return;
    run.isStarted = true;
    try {
      run.outcome = start();
    } catch (error) {
      run.outcome = error;
      run.hasThrown = true;
    }
  };
  contained(owner, () => trace.within(once));
  once();
  if (run.hasThrown) throw run.outcome;
  return run.outcome;
}

function contained({ reporter, name }: Route, run: () => unknown): void {
  try {
    disregard(run());
  } catch (error) {
    reporter.contained('tracing', error, { route: name });
  }
}
