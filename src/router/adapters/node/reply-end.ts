import type { ServerResponse } from 'node:http';

/**
 * Over HTTP/2 a response has no `closed`, says `finish` however its stream has ended, and for a HEAD is finished from the
 * beginning: its stream, and whether the app has ended it, tell instead.
 */
type Http2Response = Pick<ServerResponse, 'writableEnded' | 'writableFinished'> & {
  readonly closed: undefined;
  readonly stream: { readonly destroyed: boolean };
};

/** Stand-ins for a response may have no `closed` either, but no stream. */
const isHttp2 = (res: ServerResponse | Http2Response): res is Http2Response =>
  res.closed === undefined && 'stream' in res;

/** Whether nothing more of a reply can be sent. */
export const isClosed = (res: ServerResponse | Http2Response): boolean =>
  isHttp2(res) ? res.stream.destroyed : res.closed;

/** Whether all of a reply was handed to the system. */
export const isWhole = (res: ServerResponse | Http2Response): boolean =>
  res.writableFinished && (!isHttp2(res) || res.writableEnded);

/** Tells how a reply ends, as whole or as cut short; the first time it is told counts. */
export function onReplyEnd(res: ServerResponse, told: (whole: boolean) => void): void {
  // `finish` before `close` means that all was handed to the system. Both come once at most: with `once` each would cost a
  // wrapper and its removal.
  res.on('finish', () => told(!isHttp2(res) || isWhole(res)));
  res.on('close', () => told(false));
}
