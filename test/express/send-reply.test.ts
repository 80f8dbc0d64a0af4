import { once } from 'node:events';
import type { Server } from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';
import compression from 'compression';
import type { Response as ExpressResponse, Request, RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { CutoverError } from '../../src/core/errors.ts';
import { sendReply } from '../../src/router/adapters/express/send-reply.ts';
import { prepareReply } from '../../src/router/replies/prepare-reply.ts';
import { deferred } from './deferred.ts';
import { exchange, normalized } from './raw-client.ts';
import { createApp, type Framework, frameworkNames, listen, shut } from './servers.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(shut)));

type Answer = (res: ExpressResponse, req: Request) => unknown;

async function serve(framework: Framework, answer: Answer, ...before: RequestHandler[]) {
  const app = createApp(framework);
  const outcome = deferred<unknown>();
  app.use(...before, (req, res) => {
    Promise.resolve(answer(res, req)).then(outcome.resolve, outcome.resolve);
  });
  const { port, server } = await listen(app);
  servers.push(server);
  return { port, outcome: outcome.promise };
}

const request = (method: string, ...headers: string[]): string =>
  `${[`${method} / HTTP/1.1`, 'Host: test', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;

async function reply(framework: Framework, answer: Answer, ...head: string[]): Promise<string> {
  const { port } = await serve(framework, answer);
  return normalized(await exchange(port, [request(head[0] ?? 'GET', ...head.slice(1))]));
}

const sent =
  (value: unknown): Answer =>
  async (res) =>
    sendReply(res, await prepareReply(value));

async function* chunks(...values: readonly unknown[]): AsyncGenerator<unknown> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    yield value;
  }
}

/** The body of a chunked reply. */
function bodyOf(raw: string): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  return body.replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n/g, '$1').replace(/\r\n$/, '');
}

describe.each(frameworkNames)('%s', (framework) => {
  it.each<[string, unknown, Answer]>([
    ['a string', 'hé', (res) => res.send('hé')],
    ['an empty string', '', (res) => res.send('')],
    ['an object', { a: 'é' }, (res) => res.json({ a: 'é' })],
    ['a list', [1], (res) => res.json([1])],
    ['null', null, (res) => res.json(null)],
    ['a number', 42, (res) => res.json(42)],
    ['bytes', Uint8Array.of(0, 255), (res) => res.send(Buffer.from([0, 255]))],
  ])('sends %s as Express does', async (_, value, asExpress) => {
    for (const head of [['GET'], ['HEAD'], ['GET', 'If-None-Match: W/"2-nothing"']]) {
      expect(await reply(framework, sent(value), ...head)).toBe(
        await reply(framework, asExpress, ...head),
      );
    }
  });

  it.each<[string, () => unknown, string, string]>([
    ['text', () => chunks('on', '', 'é'), 'text/plain; charset=utf-8', 'oné'],
    [
      'bytes',
      () => chunks(Buffer.from('a'), Uint8Array.of(98), new Uint8Array([99]).buffer),
      'application/octet-stream',
      'abc',
    ],
    ['a Node stream', () => Readable.from(['x', 'y']), 'text/plain; charset=utf-8', 'xy'],
    ['a web stream', () => new Blob(['web']).stream(), 'application/octet-stream', 'web'],
    ['nothing', () => chunks(), 'application/octet-stream', ''],
  ])('sends a stream of %s', async (_, stream, type, body) => {
    const raw = await reply(framework, sent(stream()));
    expect(raw).toContain(`Content-Type: ${type}\r\n`);
    expect(Buffer.from(bodyOf(raw), 'latin1').toString()).toBe(body);
  });

  it('keeps a content type that the app has set', async () => {
    const raw = await reply(framework, async (res) => {
      res.type('text/event-stream');
      await sendReply(res, await prepareReply(chunks('data: x\n\n')));
    });
    expect(raw).toMatch(/Content-Type: text\/event-stream/);
  });

  it("sends a Response's status, headers, cookies and body, but nothing of its connection", async () => {
    const headers = new Headers({
      'content-type': 'text/event-stream',
      'content-encoding': 'gzip',
      'content-length': '999',
      connection: 'x-hop',
      'x-hop': 'one',
      'keep-alive': 'timeout=1',
      'transfer-encoding': 'chunked',
      'x-own': 'kept',
    });
    headers.append('set-cookie', 'b=2; Path=/');
    headers.append('set-cookie', 'c=3');
    const value = new Response('data: hi\n\n', { status: 203, statusText: 'So To Say', headers });
    const raw = await reply(framework, async (res) => {
      res.append('Set-Cookie', 'a=1');
      await sendReply(res, await prepareReply(value));
    });
    expect(raw).toMatch(/^HTTP\/1\.1 203 So To Say\r\n/);
    expect(raw.match(/Set-Cookie: .*/gi)?.map((line) => line.slice(12).trim())).toEqual([
      'a=1',
      'b=2; Path=/',
      'c=3',
    ]);
    expect(raw).toMatch(/x-own: kept\r\n/);
    expect(raw).not.toMatch(/content-encoding|content-length|x-hop|timeout=1/i);
    expect(bodyOf(raw)).toBe('data: hi\n\n');
  });

  it('sends a Response without a body, and none to HEAD', async () => {
    const empty = await reply(framework, sent(new Response(null, { status: 204 })));
    expect(empty).toMatch(/^HTTP\/1\.1 204 [\s\S]*\r\n\r\n$/);
    const head = await reply(framework, sent(new Response('body', { status: 201 })), 'HEAD');
    expect(head).toMatch(/^HTTP\/1\.1 201 [\s\S]*\r\n\r\n$/);
  });

  it('breaks the connection when a stream fails midway, and tells with what', async () => {
    const failure = new Error('midway');
    for (const [value, error] of [
      [chunks('half of it', failure), failure],
      [chunks('half of it', { object: true }), expect.any(CutoverError)],
    ]) {
      const { port, outcome } = await serve(framework, sent(value));
      const raw = await exchange(port, [request('GET')]);
      expect(raw).not.toMatch(/\r\n0\r\n/);
      expect(raw.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThan(2);
      expect(await outcome).toEqual(error);
    }
  });

  it('sends nothing when a reply has begun, and gives the stream up', async () => {
    let gaveUp = false;
    async function* source(): AsyncGenerator<string> {
      try {
        yield 'mine';
        yield 'more';
      } finally {
        gaveUp = true;
      }
    }
    const raw = await reply(framework, async (res) => {
      const prepared = await prepareReply(source());
      res.end('theirs');
      await sendReply(res, prepared);
      await sendReply(res, await prepareReply('second'));
    });
    expect(raw).toMatch(/\r\n\r\ntheirs$/);
    expect(gaveUp).toBe(true);
  });

  it('stops without a word when someone else ends the reply in mid-stream', async () => {
    const gate = deferred<void>();
    async function* source(): AsyncGenerator<string> {
      yield 'first';
      await gate.promise;
      yield 'too late';
    }
    const raw = await reply(framework, async (res) => {
      const sending = sendReply(res, await prepareReply(source()));
      await new Promise((resolve) => setImmediate(resolve));
      res.end('.');
      gate.resolve();
      await sending;
    });
    expect(bodyOf(raw)).toBe('first.');
  });

  it('goes through compression chunk by chunk, however often it has to wait', async () => {
    const compress = compression({ threshold: 0 }) as unknown as RequestHandler;
    const text = 'word '.repeat(20_000);
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const many = () => chunks(...Array.from({ length: 30 }, () => text));
    const { port } = await serve(framework, sent(many()), compress);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.headers.get('content-encoding')).toMatch(/gzip|br/);
    expect(await response.text()).toBe(text.repeat(30));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('a client at his own pace', () => {
  const big = Buffer.alloc(256 * 1024, 'x');

  it('is not sent more than he takes', async () => {
    let given = 0;
    async function* source(): AsyncGenerator<Buffer> {
      for (; given < 400; given += 1) yield big;
    }
    const { port } = await serve('Express 5', sent(source()));
    const socket = net.connect(port, '127.0.0.1');
    socket.write(request('GET'));
    await once(socket, 'readable');
    // A hundred turns in which nothing is read: enough for a source without brakes to give all.
    for (let i = 0; i < 100; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeLessThan(100);
    let received = 0;
    for await (const chunk of socket) received += chunk.length;
    expect(given).toBe(400);
    expect(received).toBeGreaterThan(400 * big.byteLength);
  });

  /** Streams that give a chunk and then wait for ever, each with the moment in which it is given up. */
  const endless: Record<string, (gaveUp: () => void) => unknown> = {
    'a web stream': (gaveUp) =>
      new ReadableStream({ start: (controller) => controller.enqueue(big), cancel: gaveUp }),
    'a Response': (gaveUp) =>
      new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(big), cancel: gaveUp }),
      ),
    'a Node stream': (gaveUp) => {
      const stream = new Readable({ read: () => undefined });
      stream.push(big);
      return stream.on('close', gaveUp);
    },
    'an async iterable': (gaveUp) => ({
      [Symbol.asyncIterator]() {
        const first = { done: false, value: big };
        const steps = [Promise.resolve(first), new Promise(() => undefined)];
        return { next: () => steps.shift(), return: gaveUp };
      },
    }),
    'a generator that goes on and on': async function* (gaveUp) {
      try {
        for (;;) yield big;
      } finally {
        gaveUp();
      }
    },
  };

  it.each(Object.keys(endless))('who leaves ends %s', async (name) => {
    const given = deferred<void>();
    const { port, outcome } = await serve('Express 5', sent(endless[name]?.(given.resolve)));
    await exchange(port, [request('GET')], { hangUpAfter: /xxx/ });
    await given.promise;
    expect(await outcome).toBeUndefined();
  });

  it.each(Object.keys(endless))(
    'and who left before the first chunk was sent: %s',
    async (name) => {
      const given = deferred<void>();
      const { port, outcome } = await serve('Express 5', async (res) => {
        const prepared = await prepareReply(endless[name]?.(given.resolve));
        res.destroy();
        await sendReply(res, prepared);
      });
      expect(await exchange(port, [request('GET')])).toBe('');
      await given.promise;
      expect(await outcome).toBeUndefined();
    },
  );
});
