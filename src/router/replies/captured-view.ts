import type { ReplyView } from '../../core/call/subject.ts';
import { bodyView } from './body-view.ts';
import type { CapturedReply } from './captured-reply.ts';
import { decodeContent } from './content-decoding.ts';
import { type EventReader, eventReaders } from './event-readers.ts';
import { isJsonType, toMediaType } from './media-type.ts';

/** A view, or a promise of it. */
export type MaybeLater = ReplyView | undefined | PromiseLike<ReplyView | undefined>;

/** How a captured reply is read. */
export interface ReplyViewOptions {
  /** The app's own reading: gets the parsed body of a JSON reply, else the decoded text. Default: common shapes. */
  view?: ((body: unknown) => MaybeLater) | undefined;
  /** Bytes of the decoded body; a larger one is not read. @default 1_048_576 */
  maxDecodedBytes?: number | undefined;
}

interface Reading {
  /** What the app's own view gets. */
  readonly body: (text: string) => unknown;
  /** The view by default. */
  readonly view: (text: string) => ReplyView | undefined;
  /** Whether it tells of its own failure; absent: it cannot. */
  readonly hasFailed?: (text: string) => boolean;
}

const same = (text: string): string => text;

/** The view of what may consist of events. */
const viewBy =
  (read: EventReader) =>
  (body: string): ReplyView | undefined => {
    const events = read(body);
    return events === undefined ? { text: body } : events.view;
  };

const json: Reading = {
  body: (text) => JSON.parse(text),
  view: (text) => bodyView(JSON.parse(text)),
};
const plain: Reading = { body: same, view: (text) => ({ text }) };
const ofEvents: ReadonlyMap<string, Reading> = new Map(
  [...eventReaders].map(([essence, read]) => [
    essence,
    { body: same, view: viewBy(read), hasFailed: (text) => read(text)?.hasFailed === true },
  ]),
);

// A partial, an empty or an unchanged answer is no answer to learn from.
const unreadable: ReadonlySet<number> = new Set([204, 205, 206, 304]);

function readingOf(essence: string): Reading | undefined {
  if (isJsonType(essence)) return json;
  return ofEvents.get(essence) ?? (essence.startsWith('text/') ? plain : undefined);
}

let utf8: InstanceType<typeof TextDecoder> | undefined;

/** Making one costs as much as reading a short reply, and nearly all are of one charset. */
function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  if (charset !== 'utf-8') return new TextDecoder(charset, { fatal: true });
  utf8 ??= new TextDecoder(charset, { fatal: true });
  return utf8;
}

function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return decoderOf(charset).decode(bytes);
  } catch {
    return undefined;
  }
}

const hasControls = (bytes: Uint8Array): boolean =>
  bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13);

/** At once where nothing has to be decompressed. */
function toText(
  captured: CapturedReply,
  charset: string,
  maxBytes: number,
): string | undefined | Promise<string | undefined> {
  const { chunks, contentEncoding } = captured;
  const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
  const asIs = decodeText(bytes, charset);
  if (contentEncoding === undefined) return asIs;
  // Where compression wraps the response outside of the tap, the bytes are plain whatever the header says. Asked first,
  // because one plain text in forty is a valid brotli stream too, and no compressed one is plain UTF-8.
  if (/^utf-?8$/.test(charset) && !hasControls(bytes) && asIs !== undefined) return asIs;
  return decodeContent(bytes, contentEncoding, maxBytes).then(
    (decoded) => decodeText(decoded, charset),
    (error) => (error?.code === 'ERR_BUFFER_TOO_LARGE' ? undefined : asIs),
  );
}

/** One without a byte is not: what the app has answered may have gone another way. */
function isWhole(captured: CapturedReply): boolean {
  if (captured.truncated) return false;
  const bytes = captured.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  return bytes > 0 && (captured.contentLength === undefined || bytes >= captured.contentLength);
}

const defaultMaxDecodedBytes = 1_048_576;

/**
 * Reads the text of a captured reply, at once where nothing has to be decompressed: each wait costs as much as reading.
 * Undefined for one that is not text, of a type that only a `view` of the app's could read, not whole, not a success or
 * of a shape without text; an empty one where that is what was answered. A stream that tells of its own failure has no text, and
 * is given to no `view`. Throws, or rejects, only with what the app's own `view`
 * throws.
 */
export function replyView(captured: CapturedReply, options: ReplyViewOptions = {}): MaybeLater {
  const { status } = captured;
  if (captured.method === 'HEAD' || status >= 300 || unreadable.has(status)) return undefined;
  const type = toMediaType(captured.contentType);
  // Of a type that nobody knows here, lines of JSON say, the app's own view knows how to read the text.
  const reading = readingOf(type?.essence ?? '') ?? (options.view && plain);
  if (reading === undefined || !isWhole(captured)) return undefined;
  const read = (text: string | undefined): MaybeLater => {
    if (text === undefined) return undefined;
    if (options.view === undefined) {
      return text === '' ? undefined : contained(reading.view, text);
    }
    // An app's view knows the answers of its streams: of half of one it would make an answer.
    return reading.hasFailed?.(text) ? undefined : options.view(contained(reading.body, text));
  };
  const text = toText(
    captured,
    type?.charset ?? 'utf-8',
    options.maxDecodedBytes ?? defaultMaxDecodedBytes,
  );
  return text instanceof Promise ? text.then(read) : read(text);
}

/** Text that says it is JSON and is not has no body and no text. */
function contained<T>(read: (text: string) => T, text: string): T | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
