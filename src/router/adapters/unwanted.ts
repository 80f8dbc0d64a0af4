import type { CandidateCall } from '../candidate-call.ts';

/**
 * A signal that aborts when nobody waits for a candidate's reply any more: the client has left, or legacy answers in its
 * place. A deadline that nobody steps in for is no reason.
 */
export function unwanted(call: CandidateCall, client: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const look = (): void => {
    if (client.aborted) controller.abort(client.reason);
    else if (call.run === 'superseded') controller.abort(call.signal.reason);
  };
  for (const signal of [call.signal, client]) {
    signal.addEventListener('abort', look, { once: true });
  }
  look();
  return controller.signal;
}
