import type { Waiting } from '../replies/prepare-reply.ts';
import type { CandidateCall } from '../serve/candidate-call.ts';
import { couldFallBack } from '../serve/fallback.ts';

/**
 * Runs with a signal that aborts when nobody waits for a candidate's reply any more: the client has left, or legacy answers
 * in its place. A deadline that nobody steps in for is no reason. Listens to the client no longer than it runs.
 */
export async function whileWanted<T>(
  call: CandidateCall,
  client: AbortSignal,
  run: (waiting: Waiting) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const look = (): void => {
    if (client.aborted) controller.abort(client.reason);
    else if (call.run === 'superseded') controller.abort(call.signal.reason);
  };
  const signals = [call.signal, client];
  for (const signal of signals) signal.addEventListener('abort', look, { once: true });
  look();
  try {
    return await run({ signal: controller.signal, mayReplace: couldFallBack(call) });
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', look);
  }
}
