import type { ServerResponse } from 'node:http';
import { Captured, type CapturedReply, readHead } from '../../replies/captured-reply.ts';
import { defaultMaxReplyBytes } from '../../replies/reply-limit.ts';
import { onReplyEnd } from './reply-end.ts';

/** How much of a reply is kept. */
export interface TapOptions {
  /** Bytes of the body; a larger one is captured as `truncated`, without its bytes. @default 262_144 */
  maxBytes?: number | undefined;
}

/** Chunks that are kept apart: each takes a hundred bytes besides its own, and replies come word by word. */
const mostApart = 64;

/** Bytes that are copied once more to put chunks together: what larger ones take besides hardly counts. */
const mostJoined = 16_384;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What has been written to one response so far. */
class Recording {
  chunks: Uint8Array[] = [];
  byteLength = 0;
  truncated = false;
  /** After `end`, or after the response is gone, nothing counts. */
  closed = false;
  /** Inside a call of the app: what it writes in turn is the same bytes once more. */
  nested = false;
  /** What is told once that call has returned: `light-my-request` says `finish` inside of `end`. */
  afterwards: (() => void) | undefined;
  #room: number;
  /** How many of the chunks have been put together. */
  #joined = 0;
  #joinedBytes = 0;

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  keep(chunk: unknown, encoding: unknown): void {
    if (this.truncated || chunk === undefined || chunk === null) return;
    try {
      this.#keepBytes(chunk, encoding);
    } catch {
      this.#giveUp();
    }
  }

  #keepBytes(chunk: unknown, encoding: unknown): void {
    const named = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    if (typeof chunk === 'string') {
      // No encoding makes less than half a byte of a unit (hex does), so what is surely too large costs no copy.
      if (chunk.length > this.#room * 2) this.#giveUp();
      else this.#push(Buffer.from(chunk, named));
    } else if (chunk instanceof Uint8Array) {
      // Copied, because callers reuse their buffers; into Node's pool, since memory of its own costs three times as much.
      if (chunk.byteLength > this.#room) this.#giveUp();
      else this.#push(Buffer.from(chunk));
    } else if (typeof chunk !== 'function') this.#giveUp();
  }

  #push(bytes: Uint8Array): void {
    this.#room -= bytes.byteLength;
    if (this.#room < 0) this.#giveUp();
    else {
      this.chunks.push(bytes);
      this.byteLength += bytes.byteLength;
      if (this.chunks.length - this.#joined === mostApart) this.#join();
    }
  }

  #join(): void {
    const bytes = this.byteLength - this.#joinedBytes;
    if (bytes <= mostJoined)
      this.chunks.push(Buffer.concat(this.chunks.splice(this.#joined), bytes));
    this.#joined = this.chunks.length;
    this.#joinedBytes = this.byteLength;
  }

  #giveUp(): void {
    this.truncated = true;
    this.chunks = [];
    this.byteLength = 0;
  }
}

function tapped(original: Method, recording: Recording, ends: boolean): Method {
  return function tap(this: unknown, ...args: unknown[]): unknown {
    if (recording.closed || recording.nested) return original.apply(this, args);
    recording.nested = true;
    let result: unknown;
    try {
      result = original.apply(this, args);
    } finally {
      recording.nested = false;
    }
    recording.keep(args[0], args[1]);
    if (ends) recording.closed = true;
    recording.afterwards?.();
    return result;
  };
}

/**
 * Observes what the app answers, by `write` and `end` alone and without changing a byte, a header, a return value or a
 * thrown error. Resolves with the reply once it has been sent whole, with undefined if it was cut short; never rejects.
 */
export function tapReply(
  res: ServerResponse,
  options: TapOptions = {},
): Promise<CapturedReply | undefined> {
  const recording = new Recording(options.maxBytes ?? defaultMaxReplyBytes);
  const target = res as unknown as Record<'write' | 'end', Method>;
  target.write = tapped(target.write, recording, false);
  target.end = tapped(target.end, recording, true);
  return new Promise((resolve) => {
    let isSettled = false;
    const settle = (finished: boolean): void => {
      if (isSettled) return;
      isSettled = true;
      recording.closed = true;
      const { byteLength, chunks, truncated } = recording;
      recording.chunks = [];
      resolve(
        finished ? new Captured(readHead(res), { byteLength, chunks, truncated }) : undefined,
      );
    };
    const told = (finished: boolean): void => {
      if (recording.nested) recording.afterwards ??= () => settle(finished);
      else settle(finished);
    };
    onReplyEnd(res, told);
  });
}
