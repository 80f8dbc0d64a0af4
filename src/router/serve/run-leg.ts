import { AsyncResource } from 'node:async_hooks';
import type { LegTracing } from '../../core/contracts/leg-tracing.ts';
import type { Call } from '../call.ts';
import type { CandidateCall } from './candidate-call.ts';
import { invoke, invokeWith } from './invoke.ts';
import { traceServed } from './traced.ts';

/** Runs legacy for the caller of a call. Throws what legacy throws. */
export function runLegacy(call: Call): unknown {
  const { tracing } = call.owner;
  return tracing === undefined ? legacyOf(call) : traceLegacy(call, tracing);
}

const legacyOf = ({ owner, self, args }: Call): unknown => invoke(owner.legacy, self, args);

// Apart, since a function that may make a closure makes a place for what it holds on each call.
const traceLegacy = (call: Call, tracing: LegTracing): unknown =>
  traceServed(call, 'legacy', tracing, () => legacyOf(call));

/** Runs the candidate for the caller of a call. Throws what the candidate throws. */
export function runCandidate(call: CandidateCall): unknown {
  const { tracing } = call.owner;
  return tracing === undefined ? candidateOf(call) : traceCandidate(call, tracing);
}

const candidateOf = (call: CandidateCall): unknown =>
  invokeWith(call, call.owner.candidate, call.self, call.args);

function traceCandidate(call: CandidateCall, tracing: LegTracing): unknown {
  // Kept before the trace begins: legacy in the candidate's place belongs to the caller, not to the candidate's trace.
  call.scope ??= new AsyncResource('engramia-cutover.call');
  return traceServed(call, 'candidate', tracing, () => candidateOf(call));
}
