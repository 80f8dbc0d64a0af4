import type { ServerResponse } from 'node:http';

/** What was sent besides the body. */
export interface ReplyHead {
  /** The request's method. */
  readonly method: string;
  /** The status that was sent. */
  readonly status: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The declared length in bytes; undefined when none was declared. */
  readonly contentLength: number | undefined;
}

/** A body as it was sent. */
export interface ReplyBody {
  /** Bytes that `chunks` hold, which the lanes charge for it; absent where none waits in a lane. */
  readonly byteLength?: number;
  /** The body's bytes in order; empty when `truncated`. */
  readonly chunks: readonly Uint8Array[];
  /** Whether the body was larger than the cap, or could not be copied. */
  readonly truncated: boolean;
}

/** A reply as it left the app, in bytes; nothing of it has been read yet. */
export type CapturedReply = ReplyHead & ReplyBody;

/** The same as an object that no reply of an app can be taken for, whatever its fields are called. */
export class Captured implements ReplyHead, ReplyBody {
  readonly method: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: number | undefined;
  readonly byteLength: number;
  readonly chunks: readonly Uint8Array[];
  readonly truncated: boolean;

  constructor(head: ReplyHead, { byteLength = 0, chunks, truncated }: ReplyBody) {
    this.method = head.method;
    this.status = head.status;
    this.contentType = head.contentType;
    this.contentEncoding = head.contentEncoding;
    this.contentLength = head.contentLength;
    this.byteLength = byteLength;
    this.chunks = chunks;
    this.truncated = truncated;
  }
}

/** Where a head has its status: behind "HTTP/1.1 ". */
const statusAt = 9;

const lines = {
  'content-type': /\r\ncontent-type: *([^\r]*)/i,
  'content-encoding': /\r\ncontent-encoding: *([^\r]*)/i,
  'content-length': /\r\ncontent-length: *([^\r]*)/i,
} as const;

/** Reads of a response that has been sent what is needed to read its body later. */
export function readHead(res: ServerResponse): ReplyHead {
  // Headers given to `writeHead` alone are in no getter, and a status set after the head was sent is not what
  // was sent: Node keeps the head's own text in `_header`.
  const { _header } = res as { _header?: unknown };
  const head = typeof _header === 'string' ? _header : '';
  const inText = (name: keyof typeof lines): string | undefined => lines[name].exec(head)?.[1];
  const type = res.getHeader('content-type')?.toString();
  const encoding = res.getHeader('content-encoding')?.toString();
  const length = res.getHeader('content-length')?.toString() ?? inText('content-length');
  return {
    method: res.req?.method ?? 'GET',
    status: head === '' ? res.statusCode : Number(head.slice(statusAt, statusAt + 3)),
    contentType: type ?? inText('content-type'),
    // Node gives `writeHead` headers that have getters as soon as one has been set: with one, there is no other to be found.
    contentEncoding: encoding ?? (type === undefined ? inText('content-encoding') : undefined),
    contentLength: length === undefined ? undefined : Number(length),
  };
}
