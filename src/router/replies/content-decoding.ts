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

/** Encodings that are undone one after the other: nobody needs more than two, and a header has room for thousands. */
const mostEncodings = 5;

function run(decode: Decoder, bytes: Uint8Array, maxOutputLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength }, (error, decoded) =>
      error === null ? resolve(decoded) : reject(error),
    );
  });
}

/**
 * Undoes a `content-encoding`. Rejects when the bytes are not so encoded, when the encoding is unknown or one of too many,
 * and when the result would be larger than `maxBytes`.
 */
export async function decodeContent(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  const named = (contentEncoding ?? '').toLowerCase().split(',');
  const names = named.map((one) => one.trim()).filter((one) => one !== '' && one !== 'identity');
  if (names.length > mostEncodings) throw new TypeError(`Too many encodings: ${names.length}.`);
  let decoded = bytes;
  for (const name of names.reverse()) {
    const decode = decoders.get(name);
    if (decode === undefined) throw new TypeError(`Unknown content-encoding: ${name}.`);
    decoded = await run(decode(nodeBuiltin.zlib), decoded, maxBytes);
  }
  return decoded;
}
