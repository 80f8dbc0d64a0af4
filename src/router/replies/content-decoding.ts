import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

// Asynchronous, on zlib's own threads: a large body must not hold up the loop.
const gunzip: Decoder = promisify(zlib.gunzip);
const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', promisify(zlib.inflate)],
  ['br', promisify(zlib.brotliDecompress)],
  ['zstd', promisify(zlib.zstdDecompress)],
]);

/**
 * Undoes a `content-encoding`. Rejects when the bytes are not so encoded, when the encoding is unknown, and when
 * the result would be larger than `maxBytes`.
 */
export async function decodeContent(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  const names = (contentEncoding ?? '').toLowerCase().split(',');
  let decoded = bytes;
  for (const name of names.map((one) => one.trim()).reverse()) {
    if (name === '' || name === 'identity') continue;
    const decode = decoders.get(name);
    if (decode === undefined) throw new TypeError(`Unknown content-encoding: ${name}.`);
    decoded = await decode(decoded, { maxOutputLength: maxBytes });
  }
  return decoded;
}
