import { fingerprint } from '../../core/text/fingerprint.ts';
import type { Family } from '../family.ts';
import { EngramiaCallError } from './call-error.ts';
import type { CallOptions } from './call-options.ts';
import { type AnswerOf, type Endpoint, type EndpointName, endpoints } from './endpoints.ts';
import { httpFailure } from './http-failure.ts';
import { type CallInput, type Prepared, prepare } from './prepare.ts';
import { type Reply, send } from './send.ts';

/** Calls one operation of the service. Rejects with an `EngramiaError` only. */
export type Caller = <Name extends EndpointName>(
  operation: Name,
  input?: CallInput,
  options?: CallOptions,
) => Promise<AnswerOf<Name>>;

/** Whose calls they are. */
export interface CallerIdentity {
  readonly family: Family;
  readonly key: string | undefined;
  readonly isClosed: () => boolean;
  /** Called after each 401. */
  readonly onUnauthorized: (() => void) | undefined;
}

function notSent(
  code:
    | 'ERR_ENGRAMIA_CONFIG'
    | 'ERR_CUTOVER_CLOSED'
    | 'ERR_ENGRAMIA_PACED'
    | 'ERR_ENGRAMIA_ABORTED',
  subject: string,
  why: string,
  retryAfterMs?: number,
): EngramiaCallError {
  const message = `Request not sent: ${subject}: ${why}.`;
  return new EngramiaCallError(code, message, { sent: false, retryAfterMs });
}

/** Learns from an answer what holds for later calls: the service's clock and closed windows. */
function heed(family: Family, name: string, reply: Reply, failure?: EngramiaCallError): void {
  const refusedAtMs = Date.parse(reply.headers.get('date') ?? '');
  if (!Number.isNaN(refusedAtMs)) {
    family.time.observe(refusedAtMs, reply.sentAtMs, reply.receivedAtMs);
  }
  if (failure?.status !== 429 || failure.errorCode === 'QUOTA_EXCEEDED') return;
  family.pacer.refused(name, Number.isNaN(refusedAtMs) ? family.time.now() : refusedAtMs);
}

function readReply<Answer>(
  endpoint: Endpoint<Answer>,
  { outgoing: { subject, maxBytes } }: Prepared,
  { status, text }: Reply,
): Answer {
  const unreadable = (why: string): EngramiaCallError => {
    const message = `Answer not understood: ${subject} answered ${status} and ${why}.`;
    return new EngramiaCallError('ERR_ENGRAMIA_RESPONSE', message, { status, sent: true });
  };
  if (text === undefined) throw unreadable(`the answer is longer than ${maxBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('the answer is not JSON');
  }
  const reading = endpoint.answers(value);
  if (!reading.ok) throw unreadable(reading.issues.join('; '));
  return reading.value;
}

function isAnswer<Answer>({ alsoAnswers, answers }: Endpoint<Answer>, reply: Reply): boolean {
  if (reply.status >= 200 && reply.status < 300) return true;
  if (reply.status !== alsoAnswers) return false;
  try {
    return answers(JSON.parse(reply.text ?? '')).ok;
  } catch {
    return false;
  }
}

/** Makes the one way by which a client calls: check, pace, send, understand. */
export function createCaller({ family, key, isClosed, onUnauthorized }: CallerIdentity): Caller {
  const { settings, pacer, time, transport, clock } = family;
  const keyName = key === undefined ? undefined : fingerprint(key);
  const call = async <Answer>(
    endpoint: Endpoint<Answer>,
    input: CallInput,
    options: CallOptions,
  ): Promise<Answer> => {
    const name = `${endpoint.method} ${settings.baseUrl}${endpoint.path}`;
    if (isClosed()) throw notSent('ERR_CUTOVER_CLOSED', name, 'the client is closed');
    if (key === undefined && !endpoint.open) {
      throw notSent('ERR_ENGRAMIA_CONFIG', name, 'there is no key: set apiKey or use withKey');
    }
    const prepared = prepare(endpoint, settings, key, input, options);
    const { outgoing, fields } = prepared;
    const { subject } = outgoing;
    if (options.signal?.aborted) throw notSent('ERR_ENGRAMIA_ABORTED', subject, 'it was aborted');
    const paced = endpoint.open ? undefined : keyName;
    const waitMs = pacer.take(endpoint.name, paced, options.priority ?? 'served');
    if (waitMs > 0) {
      throw notSent('ERR_ENGRAMIA_PACED', subject, 'the calls of this minute are used up', waitMs);
    }
    const reply = await send(outgoing, transport.fetch, clock);
    if (isAnswer(endpoint, reply)) {
      heed(family, endpoint.name, reply);
      return readReply(endpoint, prepared, reply);
    }
    const date = Date.parse(reply.headers.get('date') ?? '');
    const serverNowMs = Number.isNaN(date) ? time.now() : date;
    const failure = httpFailure({ subject, reply, fields, key, serverNowMs });
    heed(family, endpoint.name, reply, failure);
    if (failure.status === 401) onUnauthorized?.();
    throw failure;
  };
  return <Name extends EndpointName>(operation: Name, input = {}, options = {}) =>
    call(endpoints[operation] as Endpoint<AnswerOf<Name>>, input, options);
}
