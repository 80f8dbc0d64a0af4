import { check, issuesOf, type OptionCheck, oneOf } from '../../core/option-checks.ts';
import type { ClientSettings } from '../client-options.ts';
import { garbledBy } from '../schemas/text-problem.ts';
import { EngramiaCallError } from './call-error.ts';
import type { CallOptions } from './call-options.ts';
import type { Endpoint } from './endpoints.ts';
import type { Outgoing } from './send.ts';

/** What a call is given besides its options. */
export interface CallInput {
  readonly request?: unknown;
  /** The part of the address that names a thing. */
  readonly segment?: unknown;
}

/** A request that may leave, and the names of its fields. */
export interface Prepared {
  readonly outgoing: Outgoing;
  readonly fields: readonly string[];
}

/** The service refuses larger bodies before it looks at them. */
const maxBodyBytes = 1_048_576;

function refused(subject: string, why: string): EngramiaCallError {
  const message = `Request not sent: ${subject}: ${why}.`;
  return new EngramiaCallError('ERR_ENGRAMIA_REQUEST', message, { sent: false });
}

const isId = (value: unknown): boolean =>
  typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);

const checks: Record<keyof CallOptions, OptionCheck> = {
  signal: check.heardSignal,
  timeoutMs: check.milliseconds,
  requestId: { test: isId, must: 'be 1 to 200 printable ASCII characters without blanks' },
  priority: oneOf('served', 'shadow'),
};

function checkOptions(subject: string, options: CallOptions): void {
  // For no signal `fetch` takes `null` as well.
  const given = options?.signal === null ? { ...options, signal: undefined } : options;
  const issues = issuesOf(given, checks);
  if (issues.length > 0) throw refused(subject, issues.join('; '));
}

/** As JSON writes a NUL and half of a surrogate pair. A text that spells them out is looked at twice. */
const suspicious = /\\u(?:0000|d[89a-f])/;

/** A plain search goes through a body thirty times as fast, and nearly all have none. */
const isSuspicious = (body: string): boolean => body.includes('\\u') && suspicious.test(body);

function sound(value: unknown): unknown {
  const garbled = typeof value === 'string' ? garbledBy(value) : undefined;
  if (garbled !== undefined) throw new TypeError(garbled);
  return value;
}

function toBody(subject: string, wire: object): string {
  let body: string;
  try {
    body = JSON.stringify(wire);
    // A look at every text costs more than all the rest of a request with many.
    if (isSuspicious(body))
      JSON.stringify(wire, (key, value) => sound(key) === key && sound(value));
  } catch {
    throw refused(subject, 'the request holds a NUL, half of a surrogate pair or no plain JSON');
  }
  const bytes = Buffer.byteLength(body);
  if (bytes <= maxBodyBytes) return body;
  throw refused(subject, `the body has ${bytes} bytes; the limit is ${maxBodyBytes}`);
}

const toQuery = (wire: Record<string, unknown>): string => {
  const query = new URLSearchParams(
    Object.entries(wire).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return query.size === 0 ? '' : `?${query}`;
};

function pathOf<Answer>(endpoint: Endpoint<Answer>, base: string, segment: unknown): string {
  if (endpoint.segment === undefined) return base + endpoint.path;
  const reading = endpoint.segment(segment);
  if (!reading.ok) {
    const subject = `${endpoint.method} ${base}${endpoint.path}`;
    throw refused(subject, reading.issues.join('; ').replace(/^value/, 'the name in the path'));
  }
  const encoded = reading.value.split('/').map(encodeURIComponent).join('/');
  return base + endpoint.path.replace('{}', () => encoded);
}

/** Checks a call and builds its request. Throws ERR_ENGRAMIA_REQUEST. */
export function prepare<Answer>(
  endpoint: Endpoint<Answer>,
  settings: ClientSettings,
  key: string | undefined,
  { request = {}, segment }: CallInput,
  options: CallOptions,
): Prepared {
  const { method } = endpoint;
  const address = pathOf(endpoint, settings.baseUrl, segment);
  const subject = `${method} ${address}`;
  checkOptions(subject, options);
  const reading = endpoint.takes(request);
  if (!reading.ok) throw refused(subject, reading.issues.join('; '));
  const sends = method === 'POST' && Object.keys(reading.value).length > 0;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (key !== undefined && !endpoint.open) headers.authorization = `Bearer ${key}`;
  if (sends) headers['content-type'] = 'application/json';
  if (options.requestId !== undefined) headers['x-request-id'] = options.requestId;
  const outgoing: Outgoing = {
    subject,
    method,
    url: method === 'POST' ? address : address + toQuery(reading.value),
    headers,
    body: sends ? toBody(subject, reading.value) : undefined,
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    signal: options.signal,
    maxBytes: endpoint.large ? settings.maxExportBytes : settings.maxResponseBytes,
  };
  return { outgoing, fields: Object.keys(reading.value) };
}
