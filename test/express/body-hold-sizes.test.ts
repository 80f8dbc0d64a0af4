import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type HeldBody, holdBody } from '../../src/router/adapters/node/body-hold.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { exchange } from './raw-client.ts';
import { shut } from './servers.ts';

const head = 'POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n';
const maxBytes = 9;
let server: Server | undefined;

afterEach(async () => {
  if (server !== undefined) await shut(server);
  server = undefined;
});

type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

async function listening(answer: Answer): Promise<number> {
  const own = createServer((req, res) => void answer(req, res));
  server = own;
  await new Promise<void>((done) => own.listen(0, '127.0.0.1', done));
  return (own.address() as AddressInfo).port;
}

/** What became of one request's body, and what a reader got after that. */
async function heldAndRead(...parts: string[]) {
  let held: HeldBody | undefined;
  const port = await listening(async (req, res) => {
    held = await holdBody(req, { maxBytes });
    res.end(`read: ${await text(req)}`);
  });
  const answer = await exchange(port, [`${head}${parts[0]}`, ...parts.slice(1)]);
  return { held, read: answer.slice(answer.indexOf('read: ') + 6) };
}

describe('a body and the bytes that may be held', () => {
  it.each([
    ['none that is declared', ['\r\n'], ''],
    ['one that is declared empty', ['Content-Length: 0\r\n\r\n'], ''],
    ['one in no chunks', ['Transfer-Encoding: chunked\r\n\r\n', '0\r\n\r\n'], ''],
    ['one of as many', ['Content-Length: 9\r\n\r\n', 'nine', ' char'], 'nine char'],
    [
      'one in chunks of as many',
      ['Transfer-Encoding: chunked\r\n\r\n', '4\r\nnine\r\n', '5\r\n char\r\n', '0\r\n\r\n'],
      'nine char',
    ],
    [
      'one that its client asked leave for',
      ['Expect: 100-continue\r\nContent-Length: 9\r\n\r\n', 'nine char'],
      'nine char',
    ],
  ])('holds %s, and leaves it to be read', async (_what, parts, body) => {
    expect(await heldAndRead(...parts)).toEqual({
      held: { body: Buffer.from(body) },
      read: body,
    });
  });

  it.each([
    ['says so', ['Content-Length: 10\r\n\r\n', 'ten chars!']],
    [
      'comes in chunks',
      ['Transfer-Encoding: chunked\r\n\r\n', '4\r\nten \r\n', '6\r\nchars!\r\n', '0\r\n\r\n'],
    ],
  ])('holds none that is larger and %s, and leaves it to be read', async (_what, parts) => {
    expect(await heldAndRead(...parts)).toEqual({ held: 'too-large', read: 'ten chars!' });
  });

  it('waits for no client where the body is declared too large', async () => {
    let told = (_held: HeldBody): void => undefined;
    const held = new Promise<HeldBody>((resolve) => {
      told = resolve;
    });
    const port = await listening(async (req, res) => {
      told(await holdBody(req, { maxBytes }));
      res.end('served');
    });
    expect(await exchange(port, [`${head}Content-Length: 10\r\n\r\n`])).toMatch(/served$/);
    expect(await held).toBe('too-large');
  });

  it('waits no longer once it is there: what was put back is not put back again', async () => {
    const clock = fakeClock();
    const port = await listening(async (req, res) => {
      const held = await holdBody(req, { maxBytes, maxWaitMs: 100, clock });
      await clock.advance(100);
      res.end(`${typeof held}: ${await text(req)}`);
    });
    const answer = await exchange(port, [`${head}Content-Length: 9\r\n\r\n`, 'nine', ' char']);
    expect(answer).toMatch(/object: nine char$/);
  });

  it('tells when someone else begins to read while it waits for what came with the head', async () => {
    let held: HeldBody | undefined;
    const port = await listening(async (req, res) => {
      const holding = holdBody(req, { maxBytes });
      const read = text(req);
      held = await holding;
      res.end(await read);
    });
    const answer = await exchange(port, [`${head}Content-Length: 9\r\n\r\n`, 'nine char']);
    expect(answer).toMatch(/nine char$/);
    expect(held).toBe('taken');
  });

  it('leaves one that nobody reads to Node, so that the connection serves the next request', async () => {
    const seen: unknown[] = [];
    const port = await listening(async (req, res) => {
      seen.push(await holdBody(req));
      res.end('served');
    });
    const large = 'x'.repeat(200_000);
    const kept = head.replace('close', 'keep-alive');
    const answer = await exchange(port, [
      `${kept}Content-Length: ${large.length}\r\n\r\n${large}`,
      `${head}Content-Length: 4\r\n\r\nlast`,
    ]);
    expect(answer.match(/served/g)).toHaveLength(2);
    expect(seen).toEqual([{ body: Buffer.from(large) }, { body: Buffer.from('last') }]);
  });
});
