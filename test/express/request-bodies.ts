import { gzipSync } from 'node:zlib';

/** The cap of the tests, bytes. */
export const cap = 200_000;

/** A request as it is sent. */
export interface SentBody {
  readonly method?: string;
  readonly headers: readonly string[];
  /** The raw bytes that a reader should see. */
  readonly raw: Buffer;
  /** How they are sent; by default in one piece with the head. */
  readonly parts?: readonly (string | Buffer)[];
}

const json = 'Content-Type: application/json';
const plain = 'Content-Type: text/plain; charset=utf-8';
const chunked = 'Transfer-Encoding: chunked';

const frame = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

function sized(type: string, body: string | Buffer, more: Partial<SentBody> = {}): SentBody {
  const raw = Buffer.from(body as string);
  const headers = [type, `Content-Length: ${raw.byteLength}`, ...(more.headers ?? [])];
  return { ...more, headers, raw, parts: more.parts ?? [raw] };
}

function inChunks(type: string, chunks: readonly (string | Buffer)[], end = '0\r\n\r\n'): SentBody {
  const bytes = chunks.map((chunk) => Buffer.from(chunk as string));
  return {
    headers: [type, chunked],
    raw: Buffer.concat(bytes),
    parts: ['', ...bytes.map(frame), end],
  };
}

const message = JSON.stringify({ message: 'Build a CSV parser ✓', n: [1, 2, 3] });
const large = JSON.stringify({ message: 'x'.repeat(150_000) });
const tooLarge = JSON.stringify({ message: 'y'.repeat(cap * 3) });
const slices = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  );

export const requestBodies: Readonly<Record<string, SentBody>> = {
  JSON: sized(json, message),
  'JSON that comes after its head': sized(json, message, { parts: ['', message] }),
  'JSON in pieces': sized(json, message, { parts: ['', ...slices(message, 9)] }),
  'JSON that is none': sized(json, '{"message": '),
  'compressed JSON': sized(json, gzipSync(message), { headers: ['Content-Encoding: gzip'] }),
  'a form': sized('Content-Type: application/x-www-form-urlencoded', 'a=1&b=x%20y&b=z&c[d]=e'),
  text: sized(plain, 'héllo ✓'),
  bytes: sized('Content-Type: application/octet-stream', Buffer.from([0, 255, 1, 254, 10])),
  'no type': sized('X-Type: none', 'typeless'),
  'an empty body': sized(json, ''),
  'no body': { headers: [], raw: Buffer.alloc(0) },
  'no body of a GET': { method: 'GET', headers: [], raw: Buffer.alloc(0) },
  'a body of a GET': sized(json, message, { method: 'GET' }),
  'a body that is asked for first': sized(json, message, { headers: ['Expect: 100-continue'] }),
  'one chunk': inChunks(json, [message]),
  'one chunk with the head': {
    ...inChunks(json, [message]),
    parts: [Buffer.concat([frame(Buffer.from(message)), Buffer.from('0\r\n\r\n')])],
  },
  'many chunks': inChunks(json, slices(message, 5)),
  'no chunks': { ...inChunks(json, []), parts: ['0\r\n\r\n'] },
  'no chunks, told later': inChunks(json, []),
  'chunks with trailers': inChunks(json, [message], '0\r\nX-Sum: 1\r\n\r\n'),
  'a large body': sized(json, large),
  'a large body in chunks': inChunks(json, slices(large, 50_000)),
  'exactly the cap': sized(plain, 'z'.repeat(cap)),
  'one byte more than the cap': sized(plain, 'z'.repeat(cap + 1)),
  'exactly the cap, in chunks': inChunks(plain, ['z'.repeat(cap - 1), 'z']),
  'one byte more, in chunks': inChunks(plain, ['z'.repeat(cap), 'z']),
  'far more than the cap': sized(json, tooLarge),
  'far more, in chunks': inChunks(json, slices(tooLarge, 70_000)),
};
