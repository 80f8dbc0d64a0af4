import type { ServerResponse } from 'node:http';
import { declaredType } from './invented-type.ts';

/** What was sent besides the body. */
export interface ReplyHead {
  /** The request's method. */
  readonly method: string;
  /** The status that was sent. */
  readonly status: number;
  /** As it was declared, by the app or by a candidate; undefined where nobody did. */
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

type Line = 'type' | 'encoding' | 'length';

/** All in one go: by name, each would look through the whole head once more. */
const lines = /\r\ncontent-(type|encoding|length): *([^\r]*)/gi;

/** What the text of a head says of its body; of a line that is there twice, the first. */
function linesOf(head: string): Partial<Record<Line, string>> {
  const found: Partial<Record<Line, string>> = {};
  lines.lastIndex = 0;
  for (let line = lines.exec(head); line !== null; line = lines.exec(head)) {
    found[(line[1] as string).toLowerCase() as Line] ??= line[2] as string;
  }
  return found;
}

/** Reads of a response that has been sent what is needed to read its body later. */
export function readHead(res: ServerResponse): ReplyHead {
  // What was sent is in `_header`, Node's own text of the head. Getters do not know headers that were only given to `writeHead`,
  // and show a status that was set too late.
  const { _header } = res as { _header?: unknown };
  const head = typeof _header === 'string' ? _header : '';
  const type = res.getHeader('content-type')?.toString();
  const encoding = res.getHeader('content-encoding')?.toString();
  const set = res.getHeader('content-length')?.toString();
  const told = type === undefined || set === undefined ? linesOf(head) : {};
  const length = set ?? told.length;
  return {
    method: res.req?.method ?? 'GET',
    status: head === '' ? res.statusCode : Number(head.slice(statusAt, statusAt + 3)),
    contentType: declaredType(res, type ?? told.type),
    // Once any header was set, getters know those of `writeHead` too. So where one knows the type, none hides the encoding.
    contentEncoding: encoding ?? (type === undefined ? told.encoding : undefined),
    contentLength: length === undefined ? undefined : Number(length),
  };
}
