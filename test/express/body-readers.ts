import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type express from 'express';
import type { Request, RequestHandler, Response } from 'express';

/** One way in which an app reads a request's body. */
export type BodyReader = readonly RequestHandler[];

const asTold = (value: unknown): unknown =>
  Buffer.isBuffer(value)
    ? { bytes: value.byteLength, sha256: createHash('sha256').update(value).digest('hex') }
    : value;

/** Answers with what was seen, by any reader. */
function tell(res: Response, seen: unknown): void {
  if (!res.headersSent) res.json({ seen: asTold(seen) ?? 'undefined', type: typeof seen });
}

const showParsed: RequestHandler = (req, res) => {
  tell(res, 'body' in req ? (asTold(req.body) ?? 'no body') : 'no such property');
};

function byHand(read: (req: Request) => Promise<Buffer | string>): BodyReader {
  return [
    (req, res, next) => {
      read(req).then((seen) => tell(res, seen), next);
    },
  ];
}

function collect(): { sink: Writable; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { sink, bytes: () => Buffer.concat(chunks) };
}

async function byReadable(req: Request, size?: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  req.on('readable', () => {
    for (;;) {
      const chunk: Buffer | null = req.read(size);
      if (chunk === null) return;
      chunks.push(chunk);
    }
  });
  await once(req, 'end');
  return Buffer.concat(chunks);
}

function byData(req: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  return once(req, 'end').then(() => Buffer.concat(chunks));
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The readers, made of the given version of the framework. */
export function bodyReaders(framework: typeof express): Readonly<Record<string, BodyReader>> {
  const any = { type: () => true, limit: '4mb' };
  return {
    'the JSON parser': [framework.json({ limit: '4mb' }), showParsed],
    'a JSON parser of any type': [framework.json({ ...any, strict: false }), showParsed],
    'a JSON parser with a small limit': [framework.json({ ...any, limit: 20 }), showParsed],
    'the form parser': [framework.urlencoded({ extended: true }), showParsed],
    'the text parser': [framework.text(any), showParsed],
    'the parser of raw bytes': [framework.raw(any), showParsed],
    'all parsers in turn': [
      framework.json({ limit: '4mb' }),
      framework.urlencoded({ extended: false }),
      framework.text({ limit: '4mb' }),
      framework.raw({ limit: '4mb' }),
      showParsed,
    ],
    'a verifying parser': [
      framework.json({ ...any, verify: (req, _res, raw) => Object.assign(req, { raw }) }),
      (req, res) => tell(res, (req as { raw?: Buffer }).raw),
    ],
    'listeners for data and end': byHand(byData),
    'listeners that come later': byHand(async (req) => {
      await turn();
      return byData(req);
    }),
    'a loop of read()': byHand((req) => byReadable(req)),
    'a pause and a resume': byHand(async (req) => {
      const all = byData(req);
      req.pause();
      await turn();
      req.resume();
      return all;
    }),
    'an async loop': byHand(async (req) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      return Buffer.concat(chunks);
    }),
    'a pipe': byHand(async (req) => {
      const { sink, bytes } = collect();
      await once(req.pipe(sink), 'finish');
      return bytes();
    }),
    'a pipeline': byHand(async (req) => {
      const { sink, bytes } = collect();
      await pipeline(req, sink);
      return bytes();
    }),
    'an encoding that is set': byHand(async (req) => {
      let all = '';
      req.setEncoding('base64').on('data', (text: string) => {
        all += text;
      });
      await once(req, 'end');
      return all;
    }),
    'a web stream': byHand((req) =>
      new globalThis.Response(Readable.toWeb(req) as ReadableStream).text(),
    ),
    'a fetch Request': byHand(async (req) => {
      if (req.method === 'GET') return 'none';
      const init = { method: req.method, body: req, duplex: 'half' };
      return new globalThis.Request('http://test/', init as unknown as RequestInit).text();
    }),
    nobody: [(_req, res) => tell(res, 'not read')],
    'nobody, after a while': byHand(async () => {
      await turn();
      return 'not read';
    }),
  };
}
