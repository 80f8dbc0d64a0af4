import type { ServerResponse } from 'node:http';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** How the body of an answer is sent, or that it is not. */
export type AnswerBody =
  | 'whole'
  | 'whole, but late'
  | 'half'
  | 'half, then a reset'
  | 'byte by byte'
  | 'huge'
  | 'endless'
  | 'page'
  | 'internal error'
  | 'too many requests'
  | 'nothing'
  | 'never'
  | 'reset';

/** What an answer is made of. */
export interface AnswerSettings {
  /** The body of a healthy answer. */
  readonly json: string;
  readonly clock: Clock;
  readonly dripMs: number;
  readonly lateMs: number;
  readonly bodyBytes: number;
}

type Send = (response: ServerResponse, settings: AnswerSettings) => void;

const chunkBytes = 65_536;
const filling = Buffer.alloc(chunkBytes, 'x');

function say(response: ServerResponse, text: string): void {
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

const saying =
  (text: string): Send =>
  (response) =>
    say(response, text);

/** Each way of sending a body, at the client's pace. */
export const bodies: Readonly<Record<AnswerBody, Send>> = {
  whole: (response, { json }) => say(response, json),
  'whole, but late': (response, { clock, lateMs, json }) => {
    const timer = clock.setTimeout(() => say(response, json), lateMs);
    response.once('close', () => clock.clearTimeout(timer));
  },
  half: (response, { json }) => say(response, firstHalf(json)),
  'half, then a reset': (response, { json }) => {
    response.setHeader('content-length', Buffer.byteLength(json));
    response.write(firstHalf(json), () => reset(response));
  },
  'byte by byte': drip,
  huge: (response, { bodyBytes }) => {
    const [opening, ending] = ['{"stored":true,"pattern_count":1,"padding":"', '"}'];
    let left = Math.max(0, bodyBytes - opening.length - ending.length);
    response.setHeader('content-length', left + opening.length + ending.length);
    response.write(opening);
    pour(response, () => {
      if (left === 0) return ending;
      const chunk = filling.subarray(0, left);
      left -= chunk.length;
      return chunk;
    });
  },
  endless: (response) => {
    response.write('{"padding":"');
    pour(response, () => filling);
  },
  page: saying('<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>'),
  'internal error': saying('Internal Server Error'),
  'too many requests': saying('{"detail":"Too Many Requests"}'),
  nothing: saying(''),
  never: () => undefined,
  reset: (response) => reset(response),
};

const firstHalf = (text: string): string => text.slice(0, Math.ceil(text.length / 2));

function reset({ socket }: ServerResponse): void {
  // Node resets no connection under TLS.
  if (socket !== null && 'encrypted' in socket) socket.destroy();
  else socket?.resetAndDestroy();
}

function drip(response: ServerResponse, { json, clock, dripMs }: AnswerSettings): void {
  const bytes = Buffer.from(json);
  let said = 0;
  let timer: TimerHandle;
  const next = (): void => {
    said += 1;
    response.write(bytes.subarray(said - 1, said));
    if (said < bytes.length) timer = clock.setTimeout(next, dripMs);
    else response.end();
  };
  response.once('close', () => clock.clearTimeout(timer));
  response.setHeader('content-length', bytes.length);
  next();
}

/** Writes chunks as fast as they are taken, to the first that is a string. */
function pour(response: ServerResponse, next: () => Buffer | string): void {
  const go = (): void => {
    for (;;) {
      if (response.destroyed) return;
      const chunk = next();
      if (typeof chunk === 'string') {
        response.end(chunk);
        return;
      }
      if (!response.write(chunk)) {
        response.once('drain', go);
        return;
      }
    }
  };
  go();
}
