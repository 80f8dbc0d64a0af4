import { AsyncResource } from 'node:async_hooks';
import type { Call } from './call.ts';
import type { CandidateCall } from './candidate-call.ts';
import { invoke, invokeWith } from './invoke.ts';
import { traceServed } from './traced.ts';

/** Runs legacy for the caller of a call. Throws what legacy throws. */
export function runLegacy(call: Call): unknown {
  const { owner, self, args } = call;
  const { tracing } = owner;
  return tracing === undefined
    ? invoke(owner.legacy, self, args)
    : traceServed(call, 'legacy', tracing, () => invoke(owner.legacy, self, args));
}

/** Runs the candidate for the caller of a call. Throws what the candidate throws. */
export function runCandidate(call: CandidateCall): unknown {
  const { owner, self, args } = call;
  const { tracing } = owner;
  if (tracing === undefined) return invokeWith(call, owner.candidate, self, args);
  // Kept before the trace begins: legacy in the candidate's place belongs to the caller, not to the candidate's trace.
  call.scope ??= new AsyncResource('engramia-cutover.call');
  return traceServed(call, 'candidate', tracing, () =>
    invokeWith(call, owner.candidate, self, args),
  );
}
