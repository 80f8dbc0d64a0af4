import { isError } from '../../core/is-error.ts';
import { Beginning } from './beginning.ts';
import { isResponse } from './is-response.ts';
import { isPhrase } from './reason-phrase.ts';
import { bytesOf, isStream, type ReplySource, toReplySource } from './reply-source.ts';
import { unsendable } from './unsendable-reply.ts';
import { isLate } from './value-view.ts';

/** Status and headers of a reply that brings its own. */
export interface PreparedHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly string[];
}

/** A candidate's value, known to be one that can be sent; of a stream the first chunk is there. */
export type PreparedReply =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'bytes'; readonly body: Buffer }
  | { readonly kind: 'json'; readonly body: unknown }
  | {
      readonly kind: 'stream';
      readonly head: PreparedHead | undefined;
      /** Undefined: the stream is empty. */
      readonly first: string | Buffer | undefined;
      /** Undefined: there is no body at all. */
      readonly source: ReplySource | undefined;
      /** It has told of its failure before it has said anything. */
      readonly hasFailed?: boolean;
    };

/** How long a stream is waited for. */
export interface Waiting {
  /** Gives it up, and cancels the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Until it is under way, as another leg may still answer; else for its first chunk. @default false */
  readonly mayReplace?: boolean;
}

/** One that is there as a whole. */
export type WholeReply = Exclude<PreparedReply, { kind: 'stream' }>;

// What belongs to one connection (RFC 9110, 7.6.1), and what told of bytes that `fetch` has already decoded.
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers as they may also be: those of `node-fetch` give their cookies in a way of their own. */
interface OlderHeaders {
  readonly getSetCookie?: () => string[];
  readonly raw?: () => Readonly<Record<string, string[]>>;
}

const cookiesOf = (headers: OlderHeaders): string[] =>
  headers.getSetCookie?.() ?? headers.raw?.()['set-cookie'] ?? [];

function toHead(response: Response): PreparedHead {
  const named = (response.headers.get('connection') ?? '').toLowerCase().split(',');
  // Not by a pattern with the blanks around it: each of a long row of them would be a search of its own.
  const hops = new Set(named.map((name) => name.trim()));
  return {
    status: response.status,
    statusText: isPhrase(response.statusText) ? response.statusText : '',
    headers: [...response.headers].filter(([name]) => !dropped.has(name) && !hops.has(name)),
    cookies: cookiesOf(response.headers),
  };
}

async function prepareStream(
  source: ReplySource | undefined,
  head: PreparedHead | undefined,
  { signal, mayReplace = false }: Waiting,
): Promise<PreparedReply> {
  if (source === undefined) return { kind: 'stream', head, first: undefined, source };
  const begin = (): Promise<PreparedReply> =>
    mayReplace ? underWay(source, head) : atFirst(source, head);
  if (signal === undefined) return begin();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      source.cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function atFirst(
  source: ReplySource,
  head: PreparedHead | undefined,
): Promise<PreparedReply> {
  return { kind: 'stream', head, first: await source.next(), source };
}

/** With its first chunk, or where it begins with events that say nothing with a later one; all of them are given in their order. */
async function underWay(
  source: ReplySource,
  head: PreparedHead | undefined,
): Promise<PreparedReply> {
  const beginning = new Beginning(head?.headers.find(([name]) => name === 'content-type')?.[1]);
  const held: (string | Buffer | undefined)[] = [];
  let chunk: string | Buffer | undefined;
  do {
    chunk = await source.next();
    held.push(chunk);
  } while (chunk !== undefined && !beginning.isOver(chunk));
  const { hasFailed } = beginning;
  const endsUnsaid = chunk === undefined && held.length > 1;
  const first = held.shift();
  const next = async (): Promise<string | Buffer | undefined> =>
    held.length > 0 ? held.shift() : source.next();
  const again = held.length === 0 ? source : { next, cancel: source.cancel };
  return { kind: 'stream', head, first, source: again, hasFailed: hasFailed || endsUnsaid };
}

function prepareResponse(response: Response, waiting: Waiting): Promise<PreparedReply> {
  if (response.status < 200) throw unsendable('The reply is an error Response.');
  if (response.bodyUsed || response.body?.locked) {
    throw unsendable("The reply is a Response whose body has been read or is someone else's.");
  }
  const source = response.body === null ? undefined : toReplySource(response.body);
  return prepareStream(source, toHead(response), waiting);
}

/** What JSON would make something of that no user was to see: nothing of an error, and the inside of a result that is yet to come. */
function refuseUnfit(value: object): void {
  if (isError(value)) throw value;
  if (isLate(value as Record<string, unknown>)) {
    throw unsendable(
      'The reply is what streamText() gives: answer with its textStream or its toUIMessageStreamResponse().',
    );
  }
}

/**
 * The same at once, of a value that is there as a whole; undefined: it comes in pieces, and its first is to be waited for.
 * Most replies are whole, and a signal to give the wait up by would cost as much as all else that is done for them.
 *
 * @throws CutoverError `ERR_CUTOVER_UNSENDABLE_REPLY` for `undefined`, and for what cannot be sent; an error that was returned
 */
export function prepareWhole(value: unknown): WholeReply | undefined {
  if (typeof value === 'string') return { kind: 'text', body: value };
  if (typeof value === 'object' && value !== null) {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return { kind: 'bytes', body: bytes };
    if (isResponse(value) || isStream(value)) return undefined;
    refuseUnfit(value);
  }
  // Tried here, because what JSON cannot hold must fail while another leg can still answer.
  if (jsonOf(value) === undefined) {
    throw unsendable(`The reply is nothing that can be sent: ${typeof value}.`);
  }
  return { kind: 'json', body: value };
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // The engine's own words name fields of it.
    throw unsendable(
      'The reply cannot be written as JSON: it holds itself or a BigInt, or its toJSON() has failed.',
      { cause },
    );
  }
}

/**
 * Makes a candidate's value ready to be sent, while nothing has been sent: a string, bytes, a `Response`, a stream of text or
 * bytes (Node, web, async iterable), or what JSON can hold.
 *
 * @throws CutoverError `ERR_CUTOVER_UNSENDABLE_REPLY` for `undefined`, for what cannot be sent, and for a stream of objects; and
 *   what a stream's first read throws
 */
export async function prepareReply(value: unknown, waiting: Waiting = {}): Promise<PreparedReply> {
  const whole = prepareWhole(value);
  if (whole !== undefined) return whole;
  if (isResponse(value)) return prepareResponse(value, waiting);
  if ((value as { locked?: unknown }).locked === true) {
    throw unsendable("The reply is a stream that is someone else's: it is locked.");
  }
  return prepareStream(toReplySource(value as object), undefined, waiting);
}
