import type { Clock } from '../../core/time/clock.ts';
import { UnexpectedRedirect } from '../sparing-fetch.ts';
import type { FetchLike } from '../transport.ts';
import { EngramiaCallError } from './call-error.ts';
import { Deadline } from './deadline.ts';
import { notFollowed } from './http-failure.ts';
import { networkFailure } from './network-error.ts';
import { readText } from './read-text.ts';

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

function failed(request: Outgoing, deadline: Deadline<Reply>, thrown: unknown): EngramiaCallError {
  const { subject, timeoutMs } = request;
  const why = deadline.ended;
  if (why === 'timeout') {
    const message = `Request timed out: ${subject} after ${timeoutMs} ms.`;
    return new EngramiaCallError('ERR_ENGRAMIA_TIMEOUT', message, { sent: true });
  }
  if (why === 'aborted') {
    const message = `Request aborted: ${subject}.`;
    return new EngramiaCallError('ERR_ENGRAMIA_ABORTED', message, { sent: true });
  }
  if (thrown instanceof UnexpectedRedirect) {
    const message = `Request failed: ${subject} answered with a redirect (${notFollowed}).`;
    return new EngramiaCallError('ERR_ENGRAMIA_HTTP', message, { sent: true });
  }
  const { code, sent } = networkFailure(thrown);
  const message = `Request failed: ${subject} got no answer (${code ?? 'cause not known'}).`;
  const cause = code === undefined ? undefined : Object.assign(new Error(code), { code });
  return new EngramiaCallError('ERR_ENGRAMIA_NETWORK', message, { sent, cause });
}

/** The status of a failed answer is the answer; a body that breaks off or does not end takes nothing from it. */
async function textOf(response: Response, maxBytes: number, deadline: Deadline<Reply>) {
  if (response.ok) return readText(response, maxBytes, deadline);
  return readText(response, Math.min(maxBytes, maxFailureBytes), deadline).catch(() => undefined);
}

async function exchange(
  { url, method, headers, body, maxBytes }: Outgoing,
  fetch: FetchLike,
  clock: Clock,
  deadline: Deadline<Reply>,
): Promise<Reply> {
  const sentAtMs = clock.now();
  const { signal } = deadline;
  const init = { method, headers, body: body ?? null, redirect: 'manual', signal } as const;
  const response = await fetch(url, init);
  const receivedAtMs = clock.now();
  const head = { status: response.status, headers: response.headers, sentAtMs, receivedAtMs };
  if (!response.ok) deadline.soFar = { ...head, text: undefined };
  return { ...head, text: await textOf(response, maxBytes, deadline) };
}

/** Sends one request and reads its answer under one deadline. Rejects with an `EngramiaCallError` only. */
export async function send(request: Outgoing, fetch: FetchLike, clock: Clock): Promise<Reply> {
  const deadline = new Deadline<Reply>(clock, request.timeoutMs, request.signal);
  try {
    return await deadline.race(exchange(request, fetch, clock, deadline));
  } catch (thrown) {
    throw failed(request, deadline, thrown);
  } finally {
    deadline.release();
  }
}
