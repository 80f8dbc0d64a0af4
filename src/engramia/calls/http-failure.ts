import { untilNextMinute } from '../server-clock.ts';
import { EngramiaCallError } from './call-error.ts';
import type { Reply } from './send.ts';

/** What is needed to tell a failed answer without telling what was sent. */
export interface FailureContext {
  /** Method and address. */
  readonly subject: string;
  readonly reply: Reply;
  /** Top-level fields of the request, which a complaint may name. */
  readonly fields: readonly string[];
  /** Never told, even if the answer repeats it. */
  readonly key: string | undefined;
  /** The service's wall time, milliseconds. */
  readonly serverNowMs: number;
}

/** A failed answer's body as far as it is understood; any of its shapes, also none at all. */
interface Complaint {
  readonly error_code?: unknown;
  readonly detail?: unknown;
  readonly issues?: unknown;
  readonly error_context?: { readonly retry_after?: unknown } | null;
}

/** What is said of a redirect. */
export const notFollowed = 'redirects are not followed, check baseUrl';

/** What is asked for beyond this is waited for in parts: the service is asked again. */
const longestWaitMs = 3_600_000;

/** A shorter wait is none. */
const leastMs = 1000;

/** Beyond this nobody means it: a date of another age, milliseconds taken for seconds. */
const absurdMs = 86_400_000;
const roleSentence = /'(reader|editor|admin|owner)'[^']{1,60}'([a-z_:]{1,40})'/;

function readComplaint(text: string | undefined): Complaint {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The value if it is a plain word and no part of a secret. */
function word(value: unknown, shape: RegExp, key: string | undefined): string | undefined {
  if (typeof value !== 'string' || !shape.test(value)) return undefined;
  return key !== undefined && value.includes(key) ? undefined : value;
}

/** `task: string_too_long`, of the fields that we sent. */
function hints({ issues }: Complaint, { fields, key }: FailureContext): string[] {
  if (!Array.isArray(issues)) return [];
  return issues.slice(0, 5).flatMap((issue: unknown) => {
    const { loc, type } = (issue ?? {}) as { loc?: unknown; type?: unknown };
    const rule = word(type, /^[a-z_]{1,40}$/, key);
    const field = Array.isArray(loc) ? fields.find((name) => loc.includes(name)) : undefined;
    return rule === undefined ? [] : [field === undefined ? rule : `${field}: ${rule}`];
  });
}

/** The role that a 403 names, and what it may not do. */
function refusal({ detail }: Complaint, key: string | undefined) {
  const found = typeof detail === 'string' ? roleSentence.exec(detail) : null;
  return { role: word(found?.[1], /^/, key), permission: word(found?.[2], /^/, key) };
}

function retryAfterMs(complaint: Complaint, code: string | undefined, context: FailureContext) {
  const { reply, serverNowMs } = context;
  if (reply.status === 429 && code === 'QUOTA_EXCEEDED') return undefined;
  // Limits are counted in minutes of the wall clock; the header always says 60.
  if (code === 'RATE_LIMITED') return untilNextMinute(serverNowMs);
  const told = [reply.headers.get('retry-after'), complaint.error_context?.retry_after];
  const ms = told
    .map((value) => toMs(value, serverNowMs))
    .find((wait) => wait >= leastMs && wait <= absurdMs);
  if (ms !== undefined) return Math.min(ms, longestWaitMs);
  return reply.status === 429 ? untilNextMinute(serverNowMs) : undefined;
}

/** Milliseconds of a number of seconds or until a date; NaN: it is neither. */
function toMs(told: unknown, serverNowMs: number): number {
  if (typeof told === 'number') return told * 1000;
  if (typeof told !== 'string') return Number.NaN;
  return /^\s*\d+(?:\.\d+)?\s*$/.test(told) ? Number(told) * 1000 : Date.parse(told) - serverNowMs;
}

/** Turns a failed answer into an error that names status, code and fields, and nothing that was sent. */
export function httpFailure(context: FailureContext): EngramiaCallError {
  const { subject, reply, key } = context;
  const { status, headers } = reply;
  const complaint = readComplaint(reply.text);
  const errorCode = word(complaint.error_code, /^\w{1,64}$/, key);
  const { role, permission } = status === 403 ? refusal(complaint, key) : {};
  const more = hints(complaint, context);
  if (role !== undefined) more.push(`the role ${role} does not include ${permission ?? 'this'}`);
  if (status >= 300 && status < 400) more.push(notFollowed);
  // The service gives a code where the path is one of its own.
  if (status === 404 && errorCode === undefined) more.push('no such path, check baseUrl');
  const said = errorCode === undefined ? `${status}` : `${status} ${errorCode}`;
  const because = more.length === 0 ? '' : ` (${more.join('; ')})`;
  return new EngramiaCallError(
    'ERR_ENGRAMIA_HTTP',
    `Request failed: ${subject} answered ${said}${because}.`,
    {
      status,
      errorCode,
      retryAfterMs: retryAfterMs(complaint, errorCode, context),
      requestId: word(headers.get('x-request-id'), /^[\x21-\x7e]{1,200}$/, key),
      sent: true,
      role,
    },
  );
}
