import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { NextFunction, Request, Response } from 'express';

type Handler = (req: Request, res: Response, next: NextFunction) => unknown;

/** One way in which an app answers. */
export interface ReplyKind {
  readonly handler: Handler;
  readonly headers?: readonly string[];
  /** How many times the handler waits until the client has what was flushed. */
  readonly waits?: number;
  /** What is read of a GET; undefined: nothing may be. */
  readonly text?: string;
  /** What becomes of a GET's capture when it is not read whole. @default 'whole' */
  readonly capture?: 'truncated' | 'cut short';
}

const file = import.meta.filename;
const fileText = readFileSync(file, 'utf8');
const big = 'an answer that goes on. '.repeat(45_000);

function failure(): Error {
  const error = new Error('boom');
  error.stack = 'Error: boom';
  return error;
}

const flush = (res: Response): void => (res as { flush?: () => void }).flush?.();

/** Breaks off once the first bytes are out; compression is kept out of it, for it would never tell when they are. */
async function begin(res: Response): Promise<void> {
  res.type('text').set('Cache-Control', 'no-transform');
  await new Promise((resolve) => res.write('half of', resolve));
}

/** Goes on only when the client says that it has got what was flushed, so that every chunk is sent on its own. */
async function inSteps(req: Request, res: Response, chunks: readonly string[]): Promise<void> {
  const received = req[Symbol.asyncIterator]();
  for (const chunk of chunks) {
    res.write(chunk);
    flush(res);
    if (req.method !== 'HEAD') await received.next();
  }
  res.end();
}

export const replyKinds: Readonly<Record<string, ReplyKind>> = {
  'json of a common shape': { handler: (_, res) => res.json({ text: 'héllo' }), text: 'héllo' },
  'json of another shape': { handler: (_, res) => res.json({ rows: [1, 2] }) },
  'a string that is sent': { handler: (_, res) => res.send('<p>hi ✓</p>'), text: '<p>hi ✓</p>' },
  'a long string that is sent': {
    handler: (_, res) => res.send('word '.repeat(4_000)),
    text: 'word '.repeat(4_000),
  },
  'an object that is sent': { handler: (_, res) => res.send({ reply: 'yes' }), text: 'yes' },
  'bytes that are sent': { handler: (_, res) => res.send(Buffer.from([0, 1, 250, 251])) },
  'text as bytes': { handler: (_, res) => res.type('text').send(Buffer.from('ok')), text: 'ok' },
  'an empty string': { handler: (_, res) => res.send('') },
  'an empty end': { handler: (_, res) => res.end() },
  'writes and an end': {
    handler: (_, res) => {
      res.type('text');
      res.write('one ');
      res.write(Buffer.from('two '));
      res.end('three');
    },
    text: 'one two three',
  },
  'writes in several encodings': {
    handler: (_, res) => {
      res.type('text/plain');
      res.write('6f6e6520', 'hex');
      res.write('dHdvIA==', 'base64');
      res.end('three', 'latin1');
    },
    text: 'one two three',
  },
  'latin1 that says so': {
    handler: (_, res) => {
      res.setHeader('Content-Type', 'text/plain; charset=iso-8859-1');
      res.end('caf\u00e9', 'latin1');
    },
    text: 'caf\u00e9',
  },
  'bytes that are reused after the write': {
    handler: (_, res) => {
      res.type('text').set('Cache-Control', 'no-transform');
      const buffer = Buffer.from('first ');
      res.write(buffer, () => {
        buffer.fill('x');
        res.end('last');
      });
    },
    text: 'first last',
  },
  'a typed array': {
    handler: (_, res) => res.type('text').end(new TextEncoder().encode('typed')),
    text: 'typed',
  },
  'callbacks of write and end': {
    handler: (_, res) => {
      res.type('text');
      res.write('a', 'utf8', () => undefined);
      res.end('b', () => undefined);
    },
    text: 'ab',
  },
  'return values of write and end': {
    handler: (_, res) => {
      res.type('text');
      const wrote = res.write('w');
      res.write(String(wrote));
      const ended = res.end();
      if (ended !== res && (ended as unknown) === undefined) res.destroy();
    },
    text: 'wtrue',
  },
  'a readable that is piped': {
    handler: (_, res) => Readable.from(['to', 'ke', 'ns']).pipe(res.type('text')),
    text: 'tokens',
  },
  'a file': { handler: (_, res) => res.type('text').sendFile(file), text: fileText },
  'a range of a file': {
    handler: (_, res) => res.type('text').sendFile(file),
    headers: ['Range: bytes=10-29'],
  },
  'a range that cannot be had': {
    handler: (_, res) => res.type('text').sendFile(file),
    headers: ['Range: bytes=99999999-'],
  },
  'an event stream with flushes': {
    waits: 3,
    handler: (req, res) => {
      res.type('text/event-stream');
      return inSteps(req, res, [
        'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n',
        'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n',
        'data: {"choices":[{"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n',
      ]);
    },
    text: 'Hello',
  },
  'chunks with flushes': {
    waits: 3,
    handler: (req, res) => inSteps(req, res.type('text'), ['one,', 'two,', 'three']),
    text: 'one,two,three',
  },
  'a redirect': { handler: (_, res) => res.redirect('/elsewhere') },
  'no content': { handler: (_, res) => res.status(204).end() },
  'reset content': { handler: (_, res) => res.status(205).send('ignored') },
  'a conditional request that matches': {
    handler: (_, res) => res.set('ETag', '"v1"').send('cached'),
    headers: ['If-None-Match: "v1"'],
  },
  'a conditional request that does not match': {
    handler: (_, res) => res.set('ETag', '"v2"').send('fresh'),
    headers: ['If-None-Match: "v1"'],
    text: 'fresh',
  },
  'a body of one megabyte': { handler: (_, res) => res.send(big), capture: 'truncated' },
  'a megabyte in many writes': {
    handler: async (_, res) => {
      res.type('text');
      for (let i = 0; i < 60; i += 1)
        if (!res.write(big.slice(0, 18_000))) await once(res, 'drain');
      res.end();
    },
    capture: 'truncated',
  },
  trailers: {
    handler: (req, res) => {
      res.type('text');
      // Node itself throws when a reply without a body announces them.
      if (req.method !== 'HEAD') res.set('Trailer', 'X-Sum');
      res.write('body');
      res.addTrailers({ 'X-Sum': '4' });
      res.end();
    },
    text: 'body',
  },
  'a head of raw headers': {
    handler: (_, res) => {
      res.writeHead(200, ['Content-Type', 'text/plain', 'X-Raw', 'a']);
      res.end('raw');
    },
    text: 'raw',
  },
  'a head with a reason': {
    handler: (_, res) => {
      res.writeHead(203, 'As It Is', { 'content-type': 'text/plain' });
      res.end('given');
    },
    text: 'given',
  },
  'corked writes': {
    handler: (_, res) => {
      res.type('text');
      res.cork();
      res.write('a');
      res.write('b');
      res.uncork();
      res.end('c');
    },
    text: 'abc',
  },
  'headers that are flushed early': {
    handler: (_, res) => {
      res.type('text').flushHeaders();
      res.end('late');
    },
    text: 'late',
  },
  'early hints': {
    handler: (_, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      res.send('hinted');
    },
    text: 'hinted',
  },
  'several cookies': {
    handler: (_, res) => res.cookie('a', '1').cookie('b', '2').type('text').send('cookies'),
    text: 'cookies',
  },
  'a status of 500': { handler: (_, res) => res.status(500).json({ text: 'sorry' }) },
  'a status of 404': { handler: (_, res) => res.status(404).send('none') },
  'a thrown error': {
    handler: () => {
      throw failure();
    },
  },
  'an asynchronous error': {
    handler: async (_, __, next) => {
      await new Promise((resolve) => setImmediate(resolve));
      next(failure());
    },
  },
  'an error for the middleware': { handler: (_, __, next) => next({ handled: 'by the app' }) },
  'an error after the first write': {
    handler: async (_, res, next) => {
      await begin(res);
      next(failure());
    },
    capture: 'cut short',
  },
  'the next route': { handler: (_, __, next) => next('route'), text: 'from the next route' },
  'no route at all': { handler: (_, __, next) => next('router') },
  'a write after the end': {
    handler: (_, res) => {
      res.on('error', () => undefined);
      res.type('text').end('done');
      res.write('too late');
    },
    text: 'done',
  },
  'a second end': {
    handler: (_, res) => {
      res.on('error', () => undefined);
      res.type('text').end('once');
      res.end('twice');
    },
    text: 'once',
  },
  'a chunk that is refused': {
    handler: (_, res) => {
      res.type('text');
      try {
        res.write(42 as unknown as string);
      } catch (error) {
        res.write(`${(error as { code?: string }).code};`);
      }
      res.end('after');
    },
    text: 'ERR_INVALID_ARG_TYPE;after',
  },
  'a reply that breaks off': {
    handler: async (_, res) => {
      await begin(res);
      res.destroy();
    },
    capture: 'cut short',
  },
  'fewer bytes than declared': {
    handler: (_, res) => {
      res.type('text').set({ 'Content-Length': '50', 'Cache-Control': 'no-transform' });
      res.end('short');
    },
  },
};
