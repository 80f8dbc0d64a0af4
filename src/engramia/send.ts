import type { Clock } from '../core/clock.ts';
import { EngramiaCallError } from './call-error.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { networkFailure } from './network-error.ts';
import { readText } from './read-text.ts';
import type { FetchLike } from './transport.ts';

/** One request, ready to leave. */
export interface Outgoing {
  /** Method and address, as messages name it. */
  readonly subject: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly maxBytes: number;
}

/** An answer whose body was read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined: longer than allowed, or of a failed answer that broke off. */
  readonly text: string | undefined;
  /** Wall times around the wait for the headers, milliseconds. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

// What a failed answer says fits in here; more is not worth reading.
const maxFailureBytes = 65_536;

function failed(request: Outgoing, deadline: Deadline, thrown: unknown): EngramiaCallError {
  const { subject, timeoutMs } = request;
  const why = deadline.ended();
  if (why === 'timeout') {
    const message = `Request timed out: ${subject} after ${timeoutMs} ms.`;
    return new EngramiaCallError('ERR_ENGRAMIA_TIMEOUT', message, { sent: true });
  }
  if (why === 'aborted') {
    const message = `Request aborted: ${subject}.`;
    return new EngramiaCallError('ERR_ENGRAMIA_ABORTED', message, { sent: true });
  }
  const { code, sent } = networkFailure(thrown);
  const message = `Request failed: ${subject} got no answer (${code ?? 'cause not known'}).`;
  const cause = code === undefined ? undefined : Object.assign(new Error(code), { code });
  return new EngramiaCallError('ERR_ENGRAMIA_NETWORK', message, { sent, cause });
}

async function textOf(response: Response, maxBytes: number, deadline: Deadline) {
  if (response.ok) return readText(response, maxBytes, deadline.race);
  // The status is the answer; a body that breaks off takes nothing from it.
  return readText(response, Math.min(maxBytes, maxFailureBytes), deadline.race).catch(
    () => undefined,
  );
}

function discardLate(fetching: Promise<Response> | undefined): void {
  fetching?.then((response) => response.body?.cancel()).catch(() => {});
}

/** Sends one request and reads its answer under one deadline. Rejects with an `EngramiaCallError` only. */
export async function send(request: Outgoing, fetch: FetchLike, clock: Clock): Promise<Reply> {
  const { url, method, headers, body = null, signal } = request;
  const deadline = startDeadline(clock, request.timeoutMs, signal);
  let fetching: Promise<Response> | undefined;
  try {
    const sentAtMs = clock.now();
    const init = { method, headers, body, redirect: 'manual', signal: deadline.signal } as const;
    fetching = fetch(url, init);
    const response = await deadline.race(fetching);
    const receivedAtMs = clock.now();
    const text = await textOf(response, request.maxBytes, deadline);
    return { status: response.status, headers: response.headers, text, sentAtMs, receivedAtMs };
  } catch (thrown) {
    discardLate(fetching);
    throw failed(request, deadline, thrown);
  } finally {
    deadline.release();
  }
}
