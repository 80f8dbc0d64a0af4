import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { tapReply } from '../../src/router/adapters/node/reply-tap.ts';
import { exchange } from './raw-client.ts';
import { shut } from './servers.ts';

const get = 'GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n';
let server: Server | undefined;

afterEach(async () => {
  if (server !== undefined) await shut(server);
  server = undefined;
});

/** Answers one request by `answer` and gives what it gave. */
async function once<T>(
  answer: (res: ServerResponse<IncomingMessage>) => T,
  options: Parameters<typeof exchange>[2] = {},
): Promise<{ given: Awaited<T>; reply: string }> {
  let resolve: (value: T) => void = () => undefined;
  const given = new Promise<T>((done) => {
    resolve = done;
  });
  const own = createServer((_req, res) => resolve(answer(res)));
  server = own;
  await new Promise<void>((done) => own.listen(0, '127.0.0.1', done));
  const reply = await exchange((own.address() as AddressInfo).port, [get], options);
  return { given: await given, reply };
}

const bytesOf = (chunks: readonly Uint8Array[] | undefined): string =>
  Buffer.concat(chunks ?? []).toString();

describe('the calls that the tap passes on', () => {
  it('passes every argument, the receiver and the returned value', async () => {
    const { given } = await once((res) => {
      const calls: unknown[] = [];
      const sentinel = Symbol('returned');
      res.write = function write(this: unknown, ...args: unknown[]) {
        calls.push([this === res, ...args]);
        return sentinel as unknown as boolean;
      };
      void tapReply(res);
      const callback = (): void => undefined;
      const loose = res.write as (...args: unknown[]) => unknown;
      calls.push(loose.call(res, 'a', 'latin1', callback, 'extra'), loose.call(res));
      res.end();
      return { calls, callback, sentinel };
    });
    expect(given.calls).toEqual([
      [true, 'a', 'latin1', given.callback, 'extra'],
      [true],
      given.sentinel,
      given.sentinel,
    ]);
  });

  it('lets the very error through that the write threw, and does not count its chunk', async () => {
    const thrown = new Error('not today');
    const { given } = await once((res) => {
      const write = res.write;
      res.write = () => {
        throw thrown;
      };
      const capture = tapReply(res);
      let caught: unknown;
      try {
        res.write('lost');
      } catch (error) {
        caught = error;
      }
      write.call(res, 'kept elsewhere', 'utf8');
      res.end('seen');
      return capture.then((captured) => ({ caught, text: bytesOf(captured?.chunks) }));
    });
    expect(given).toEqual({ caught: thrown, text: 'seen' });
  });

  it('counts a chunk once when an earlier middleware ends by writing', async () => {
    const { given, reply } = await once((res) => {
      const end = res.end;
      res.end = ((chunk: string) => {
        res.write(chunk);
        return end.call(res, undefined, 'utf8');
      }) as typeof res.end;
      const capture = tapReply(res);
      res.end('one');
      return capture;
    });
    expect(bytesOf(given?.chunks)).toBe('one');
    expect(reply.match(/one/g)).toHaveLength(1);
  });

  it('adds only `write` and `end` to the response, and a listener each for its two ends', async () => {
    const { given } = await once((res) => {
      const bare = new ServerResponse(res.req);
      const watched = new ServerResponse(res.req);
      void tapReply(watched);
      res.end();
      const added = Object.keys(watched).filter((key) => !Object.keys(bare).includes(key));
      const listeners = watched.eventNames().map((name) => [name, watched.listenerCount(name)]);
      return { added, listeners, before: bare.eventNames().length };
    });
    expect(given.added.sort()).toEqual(['end', 'write']);
    expect(given.listeners.filter(([name]) => name === 'finish' || name === 'close')).toHaveLength(
      2,
    );
  });
});

describe('what the tap keeps', () => {
  it.each([
    ['one byte less than the cap', 'x'.repeat(15), false],
    ['exactly the cap', 'x'.repeat(16), false],
    ['one byte more', 'x'.repeat(17), true],
    ['more bytes than characters', 'é'.repeat(9), true],
    ['far more', 'x'.repeat(100), true],
  ])('keeps a body up to the cap and nothing of a larger one: %s', async (_, body, truncated) => {
    for (const chunks of [[body], [Buffer.from(body)], [...body]]) {
      const { given } = await once((res) => {
        const capture = tapReply(res, { maxBytes: 16 });
        for (const chunk of chunks) res.write(chunk);
        res.end();
        return capture;
      });
      expect(given?.truncated).toBe(truncated);
      expect(bytesOf(given?.chunks)).toBe(truncated ? '' : body);
      await shut(server as Server);
      server = undefined;
    }
  });

  it('puts the many small chunks of a long reply together, each of which takes more than its bytes', async () => {
    const words = Array.from({ length: 10_000 }, (_, n) => `${n} `);
    const { given } = await once((res) => {
      const capture = tapReply(res);
      for (const word of words) res.write(word);
      res.end();
      return capture;
    });
    expect(bytesOf(given?.chunks)).toBe(words.join(''));
    expect(given).toMatchObject({ byteLength: words.join('').length, truncated: false });
    expect(given?.chunks.length).toBeLessThan(250);
  });

  it('leaves large chunks as they are, and puts together the small ones that follow', async () => {
    const chunks = Array.from({ length: 128 }, (_, n) => (n < 64 ? 'x'.repeat(300) : `${n};`));
    const { given } = await once((res) => {
      const capture = tapReply(res);
      for (const chunk of chunks) res.write(chunk);
      res.end('the end');
      return capture;
    });
    expect(bytesOf(given?.chunks)).toBe(`${chunks.join('')}the end`);
    expect(given?.chunks).toHaveLength(66);
  });

  it('tells the status and headers that were sent, also those given to `writeHead` alone', async () => {
    const { given } = await once((res) => {
      const capture = tapReply(res);
      res.writeHead(201, { 'Content-Type': 'text/x; charset=utf-8', 'content-length': 2 });
      res.statusCode = 500;
      res.end('ok');
      return capture;
    });
    expect(given).toMatchObject({
      method: 'GET',
      status: 201,
      contentType: 'text/x; charset=utf-8',
      contentEncoding: undefined,
      contentLength: 2,
      truncated: false,
    });
  });

  it('resolves with undefined when the client leaves before the end', async () => {
    const { given } = await once(
      (res) => {
        const capture = tapReply(res);
        res.write('half of it');
        res.once('close', () => res.end('too late'));
        return capture;
      },
      { hangUpAfter: /half/ },
    );
    expect(given).toBeUndefined();
  });
});
