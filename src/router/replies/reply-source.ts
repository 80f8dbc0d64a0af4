import { unsendable } from './unsendable-reply.ts';

/** A stream of any kind, read chunk by chunk. */
export interface ReplySource<Chunk = string | Buffer> {
  /** The next chunk; undefined at the end. Rejects when the stream fails, or gives what is neither text nor bytes. */
  next(): Promise<Chunk | undefined>;
  /** Tells the stream that no one reads on. Never throws, never rejects. */
  cancel(): void;
}

interface Reads {
  readonly next: () => PromiseLike<{ done?: boolean | undefined; value?: unknown }>;
  readonly cancel: () => unknown;
}

type Stream = Partial<ReadableStream & AsyncIterable<unknown> & { destroy(): void; pipe: unknown }>;

/** Whether a value is read chunk by chunk. */
export function isStream(value: object): boolean {
  const { getReader, [Symbol.asyncIterator]: iterator } = value as Stream;
  return typeof getReader === 'function' || typeof iterator === 'function';
}

// Each kind's own way to be cancelled reaches it while a read is pending; an iterator's `return` would wait for that read.
function readsOf(stream: Stream): Reads | undefined {
  if (typeof stream.getReader === 'function') {
    const reader = stream.getReader();
    return { next: () => reader.read(), cancel: () => reader.cancel() };
  }
  if (typeof stream[Symbol.asyncIterator] !== 'function') return undefined;
  const iterator = (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const { pipe, destroy } = stream;
  const cancel =
    typeof pipe === 'function' && typeof destroy === 'function'
      ? () => destroy.call(stream)
      : () => iterator.return?.();
  return { next: () => iterator.next(), cancel };
}

/**
 * The bytes of a buffer or of a view of one, in the same memory, or in memory of their own where that is shared: frameworks take
 * no other bytes for bytes. Undefined for any other value.
 */
export function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    return buffer instanceof SharedArrayBuffer ? Buffer.from(bytes) : bytes;
  }
  if (value instanceof SharedArrayBuffer) return Buffer.from(new Uint8Array(value));
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}

function toChunk(value: unknown): string | Buffer {
  const chunk = typeof value === 'string' ? value : bytesOf(value);
  if (chunk !== undefined) return chunk;
  throw unsendable(
    'A reply stream gave a chunk that is neither text nor bytes: give the text of its events, as toTextStream() of the Agents SDK does, or a Response of server-sent events, as createUIMessageStreamResponse() of the AI SDK makes one.',
  );
}

/** Reads a `ReadableStream`, a Node stream or an async iterable of text or bytes; undefined for any other value. */
export function toReplySource(value: object): ReplySource | undefined {
  return toSource(value, toChunk);
}

/** The same of chunks of any kind. */
export function toSource<Chunk>(
  value: object,
  chunkOf: (value: unknown) => Chunk,
): ReplySource<Chunk> | undefined {
  const reads = readsOf(value as Stream);
  if (reads === undefined) return undefined;
  let ended = false;
  const cancel = (): void => {
    if (ended) return;
    ended = true;
    // The source's own trouble with being cancelled is nobody's concern any more.
    new Promise((resolve) => resolve(reads.cancel())).catch(() => undefined);
  };
  const next = async (): Promise<Chunk | undefined> => {
    try {
      const { done, value: chunk } = await reads.next();
      if (done !== true) return chunkOf(chunk);
      ended = true;
      return undefined;
    } catch (error) {
      cancel();
      throw error;
    }
  };
  return { next, cancel };
}
