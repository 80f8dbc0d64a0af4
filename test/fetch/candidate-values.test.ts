import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chatRequest, question, startHandler } from './chat-handler.ts';

async function* words(): AsyncGenerator<string> {
  yield 'one ';
  yield 'two';
}

const text = 'text/plain;charset=UTF-8';
const binary = 'application/octet-stream';

describe('a candidate’s value', () => {
  it.each<[string, () => unknown, string | null, string]>([
    ['a string', () => 'hi', text, 'hi'],
    ['an empty string', () => '', text, ''],
    ['an object', () => ({ a: 1 }), 'application/json', '{"a":1}'],
    ['a number', () => 7, 'application/json', '7'],
    ['null', () => null, 'application/json', 'null'],
    ['bytes', () => Buffer.from('hi'), binary, 'hi'],
    ['a generator of text', words, text, 'one two'],
    [
      'a stream of text',
      () => new Blob(['hi']).stream().pipeThrough(new TextDecoderStream()),
      text,
      'hi',
    ],
    ['a stream of bytes', () => new Blob(['hi']).stream(), binary, 'hi'],
    ['a Node stream', () => Readable.from([Buffer.from('hi')]), binary, 'hi'],
    ['an empty stream', () => Readable.from([]), binary, ''],
    ['a Response', () => new Response('hi', { headers: { 'content-type': 'a/b' } }), 'a/b', 'hi'],
  ])('that is %s becomes a Response of its type', async (_what, value, type, body) => {
    await using chat = await startHandler('live', {
      candidate: value,
      fallback: { when: 'never' },
    });
    const response = await chat.handler(chatRequest());
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      type,
      body,
    ]);
    expect(chat.handler.stats().routes.chat?.served.candidate).toBe(1);
  });

  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['a function', () => () => 1],
    ['what JSON cannot hold', () => ({ big: 1n })],
    ['an error Response', () => Response.error()],
    ['a stream of objects', () => Readable.from([{ a: 1 }])],
    [
      'a Response that was read',
      async () => {
        const response = new Response('x');
        await response.text();
        return response;
      },
    ],
    [
      'a Response that somebody reads',
      () => {
        const response = new Response('x');
        response.body?.getReader();
        return response;
      },
    ],
    [
      'a stream that fails at once',
      () =>
        new ReadableStream({
          pull: () => Promise.reject(new Error('no first chunk')),
        }),
    ],
  ])('that is %s is a failure, and legacy answers', async (_what, value) => {
    await using chat = await startHandler('live', { candidate: value });
    const response = await chat.handler(chatRequest());
    expect(await response.json()).toEqual({ reply: `legacy: ${question}` });
    expect(chat.handler.stats().routes.chat?.fallbacks).toBe(1);
  });

  it('that was fetched loses what told of its encoding and its connection, and nothing else', async () => {
    const server = createServer((_req, res) => {
      res.writeHead(201, 'Made', {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'set-cookie': ['a=1', 'b=2'],
        'x-kept': 'yes',
      });
      res.end(gzipSync('{"reply":"packed"}'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using chat = await startHandler('live', {
      candidate: () => fetch(`http://127.0.0.1:${port}/`),
    });
    const response = await chat.handler(chatRequest());
    const { status, statusText, headers } = response;
    expect([status, statusText, headers.getSetCookie(), await response.json()]).toEqual([
      201,
      'Made',
      ['a=1', 'b=2'],
      { reply: 'packed' },
    ]);
    expect([...headers.keys()].sort()).toEqual([
      'content-type',
      'date',
      'set-cookie',
      'set-cookie',
      'x-kept',
    ]);
    server.closeAllConnections();
    server.close();
  });

  it('that is a stream is read at the client’s pace, and told when the client stops', async () => {
    let pulled = 0;
    const cancelled = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          pulled += 1;
          yield `${pulled} `;
        }
      } finally {
        cancelled.resolve();
      }
    }
    await using chat = await startHandler('live', { candidate: endless });
    const reader = (await chat.handler(chatRequest())).body?.getReader();
    expect(pulled).toBe(1);
    await reader?.read();
    await reader?.read();
    expect(pulled).toBe(2);
    await reader?.cancel();
    await cancelled.promise;
    await chat.handler.flush();
    expect(chat.handler.stats().learn.offered).toBe(0);
  });

  it('that is a stream and breaks midway rejects with its own error', async () => {
    const boom = new Error('midway');
    await using chat = await startHandler('live', {
      candidate: async function* () {
        yield 'first';
        throw boom;
      },
    });
    const reader = (await chat.handler(chatRequest())).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first');
    expect(await reader?.read().catch((error: unknown) => error)).toBe(boom);
  });
});
