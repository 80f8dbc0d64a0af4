import { nodeBuiltin } from '../../core/node-builtin.ts';

type Zlib = typeof import('node:zlib');
type Decoder = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void;

// Asynchronous, on zlib's own threads: a large body must not hold up the loop.
const decoders: ReadonlyMap<string, (zlib: Zlib) => Decoder> = new Map<
  string,
  (zlib: Zlib) => Decoder
>([
  ['gzip', ({ gunzip }) => gunzip],
  ['x-gzip', ({ gunzip }) => gunzip],
  ['deflate', ({ inflate }) => inflate],
  ['br', ({ brotliDecompress }) => brotliDecompress],
  ['zstd', ({ zstdDecompress }) => zstdDecompress],
]);

function run(decode: Decoder, bytes: Uint8Array, maxOutputLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength }, (error, decoded) =>
      error === null ? resolve(decoded) : reject(error),
    );
  });
}

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
    decoded = await run(decode(nodeBuiltin.zlib), decoded, maxBytes);
  }
  return decoded;
}
