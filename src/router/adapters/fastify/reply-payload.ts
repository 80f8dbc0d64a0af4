import type { FastifyReply } from 'fastify';
import { inventType } from '../../replies/invented-type.ts';
import type { PreparedHead, PreparedReply } from '../../replies/prepare-reply.ts';
import { toReadable } from './to-readable.ts';

function takeHead(
  reply: FastifyReply,
  { status, statusText, headers, cookies }: PreparedHead,
): void {
  reply.code(status);
  // HTTP/2 has no reason phrase, and Node warns of one.
  if (statusText !== '' && reply.request.raw.httpVersionMajor < 2) {
    reply.raw.statusMessage = statusText;
  }
  for (const [name, value] of headers) reply.header(name, value);
  // Added to those that the app has set, a session's say.
  if (cookies.length > 0) reply.header('set-cookie', [...cookies]);
}

/**
 * What `reply.send` is to get for a prepared reply, whose status and headers it takes over. Undefined for a `Response`
 * without a body: a handler that gives undefined answers with an empty one.
 */
export function replyPayload(reply: FastifyReply, prepared: PreparedReply): unknown {
  if (prepared.kind !== 'stream') return prepared.body;
  const { head, first, source } = prepared;
  if (head !== undefined) takeHead(reply, head);
  else if (!reply.hasHeader('content-type')) {
    const type = inventType(reply.raw, first);
    reply.type(type === 'text/plain' ? 'text/plain; charset=utf-8' : type);
  }
  return source === undefined ? undefined : toReadable(first, source);
}
