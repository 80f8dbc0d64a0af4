import type { Response } from 'express';
import { inventType } from '../../replies/invented-type.ts';
import type { PreparedHead, PreparedReply } from '../../replies/prepare-reply.ts';
import type { ReplySource } from '../../replies/reply-source.ts';

type StreamReply = Extract<PreparedReply, { kind: 'stream' }>;

const isOver = (res: Response): boolean => res.destroyed || res.writableEnded || res.closed;

function writeHead(res: Response, head: PreparedHead): void {
  res.statusCode = head.status;
  if (head.statusText !== '') res.statusMessage = head.statusText;
  for (const [name, value] of head.headers) res.setHeader(name, value);
  // Added to those that the app has set, a session's say.
  if (head.cookies.length > 0) res.append('Set-Cookie', [...head.cookies]);
}

/** Writes all of a source at the client's pace. Resolves whether it came to its end before the response did. */
async function pump(res: Response, first: string | Buffer, source: ReplySource): Promise<boolean> {
  let wake = (): void => undefined;
  // One listener for the whole reply: compression passes on those for `drain`, but not their removal.
  res.on('drain', () => wake());
  let chunk: string | Buffer | undefined = first;
  while (chunk !== undefined) {
    if (isOver(res)) return false;
    const roomAgain = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const room = res.write(chunk);
    // Compression adds `flush`, without which it would hold chunks back.
    (res as { flush?: () => void }).flush?.();
    if (!room) await roomAgain;
    if (isOver(res)) return false;
    chunk = await source.next();
  }
  return !isOver(res);
}

async function sendStream(res: Response, reply: StreamReply): Promise<void> {
  const { head, first, source } = reply;
  if (head !== undefined) writeHead(res, head);
  else if (!res.hasHeader('content-type')) {
    res.type(inventType(res, first));
  }
  if (source === undefined || first === undefined || res.req.method === 'HEAD') {
    source?.cancel();
    res.end();
    return;
  }
  const left = new Promise<false>((resolve) => {
    res.once('close', () => {
      source.cancel();
      resolve(false);
    });
  });
  try {
    if (await Promise.race([pump(res, first, source), left])) res.end();
  } catch (error) {
    // The reply has begun: the only honest end of half of it is a broken connection.
    res.destroy();
    throw error;
  }
}

/**
 * Sends a prepared reply as Express would, a stream at the client's pace. Sends nothing when a reply has begun already.
 * Resolves when all was written or the client has left, which the stream is told at once. A stream that fails midway
 * breaks the connection, and rejects with its error.
 */
export async function sendReply(res: Response, reply: PreparedReply): Promise<void> {
  if (res.headersSent || isOver(res)) {
    if (reply.kind === 'stream') reply.source?.cancel();
    return;
  }
  if (reply.kind === 'stream') await sendStream(res, reply);
  else if (reply.kind === 'json') res.json(reply.body);
  else res.send(reply.body);
}
