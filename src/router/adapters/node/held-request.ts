import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { decodeContent } from '../../replies/content-decoding.ts';
import { isJsonType, toMediaType } from '../../replies/media-type.ts';
import { defaultMaxBodyBytes } from '../body-limits.ts';

const decode = (bytes: Uint8Array, charset: string): string =>
  new TextDecoder(charset).decode(bytes);

function parseBody(contentType: string | undefined, bytes: Buffer): unknown {
  const type = toMediaType(contentType);
  if (type === undefined) return bytes;
  const charset = type.charset ?? 'utf-8';
  if (isJsonType(type.essence)) return JSON.parse(decode(bytes, charset));
  if (type.essence === 'application/x-www-form-urlencoded') return parse(decode(bytes, charset));
  return type.essence.startsWith('text/') ? decode(bytes, charset) : bytes;
}

/**
 * Makes the request that `read` gets: all of `req`, which itself stays as it is, and a `body` parsed by its content type
 * (JSON, form, text; bytes for any other). The body is undefined when there is none or it cannot be parsed. Never rejects.
 *
 * @param maxBytes - bytes that a compressed body may have once decoded
 */
export async function heldRequest<Req extends IncomingMessage>(
  req: Req,
  raw: Buffer,
  maxBytes = defaultMaxBodyBytes,
): Promise<Req & { body: unknown }> {
  let body: unknown;
  try {
    const bytes = await decodeContent(raw, req.headers['content-encoding'], maxBytes);
    if (bytes.byteLength > 0) body = parseBody(req.headers['content-type'], Buffer.from(bytes));
  } catch {
    body = undefined;
  }
  const own = { value: body, writable: true, enumerable: true, configurable: true };
  return Object.create(req, { body: own }) as Req & { body: unknown };
}
