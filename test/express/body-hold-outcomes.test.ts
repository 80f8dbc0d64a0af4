import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type HeldBody, holdBody } from '../../src/router/adapters/node/body-hold.ts';
import { exchange } from './raw-client.ts';
import { shut } from './servers.ts';

const head = 'POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 9\r\n';
let server: Server | undefined;

afterEach(async () => {
  if (server !== undefined) await shut(server);
  server = undefined;
});

type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<HeldBody>;

/** Starts a server that answers by `answer`; `outcome` is what it held first. */
async function start(answer: Answer, event = 'request') {
  const own = createServer();
  server = own;
  const outcome = new Promise<HeldBody>((resolve, reject) => {
    own.on(event, (req, res) => void answer(req, res).then(resolve, reject));
  });
  await new Promise<void>((done) => own.listen(0, '127.0.0.1', done));
  return { outcome, port: (own.address() as AddressInfo).port };
}

const holdAndServe: Answer = async (req, res) => {
  const held = await holdBody(req);
  res.end('served');
  return held;
};

describe('bodies that cannot be held', () => {
  it('tells of a client that leaves in mid-upload, and lets nothing escape', async () => {
    const { outcome, port } = await start(holdAndServe);
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`${head}\r\nfour`);
    await once(server as Server, 'request');
    socket.destroy();
    expect(await outcome).toBe('aborted');
  });

  it('tells of a client that has left already', async () => {
    const { outcome, port } = await start(async (req, res) => {
      await new Promise((resolve) => req.on('close', resolve));
      const held = await holdBody(req);
      res.end();
      return held;
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`${head}\r\nfour`);
    await once(server as Server, 'request');
    socket.destroy();
    expect(await outcome).toBe('aborted');
  });

  it.each<[string, (req: IncomingMessage) => unknown]>([
    ['listens for data', (req) => req.on('data', () => undefined)],
    ['listens for readable', (req) => req.on('readable', () => undefined)],
    ['has set an encoding', (req) => req.setEncoding('utf8')],
    ['has paused it', (req) => req.pause()],
    ['has read it', (req) => once(req.resume(), 'end')],
  ])('leaves a body alone when someone %s', async (_, before) => {
    const { outcome, port } = await start(async (req, res) => {
      await before(req);
      return holdAndServe(req, res);
    });
    expect(await exchange(port, [`${head}\r\n`, 'nine char'])).toMatch(/served$/);
    expect(await outcome).toBe('taken');
  });

  it('does not wait for a body that the app itself has yet to ask for', async () => {
    const { outcome, port } = await start(async (req, res) => {
      const held = await holdBody(req);
      res.writeContinue();
      for await (const chunk of req) res.write(chunk);
      res.end();
      return held;
    }, 'checkContinue');
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    const [first] = await once(socket.setEncoding('latin1'), 'data');
    expect(first).toMatch(/^HTTP\/1.1 100 /);
    socket.write('nine char');
    let rest = '';
    for await (const text of socket) rest += text;
    expect(rest).toContain('nine char');
    expect(await outcome).toBe('awaited');
  });
});

describe('what holding leaves behind', () => {
  it('leaves no listener, and the stream as if it had not been touched', async () => {
    const states: unknown[] = [];
    const state = (req: IncomingMessage) => ({
      flowing: req.readableFlowing,
      read: req.readableDidRead,
      ended: req.readableEnded,
      listeners: req.eventNames().map((name) => [name, req.listenerCount(name)]),
      body: 'body' in req,
    });
    const { outcome, port } = await start(async (req, res) => {
      states.push(state(req));
      const held = await holdBody(req);
      states.push(state(req));
      res.end('served');
      return held;
    });
    await exchange(port, [`${head}\r\n`, 'nine', ' char']);
    expect(await outcome).toEqual({ body: Buffer.from('nine char') });
    expect(states[1]).toEqual(states[0]);
  });

  it.each([
    ['that are all', 1_048_576],
    ['of one that is too large', 999],
  ])(
    'puts back many chunks %s at once: one by one, each would move all the others',
    async (_what, maxBytes) => {
      let unshifted = 0;
      const { outcome, port } = await start(async (req, res) => {
        const { unshift } = req;
        req.unshift = (...args) => {
          unshifted += 1;
          return unshift.apply(req, args);
        };
        const held = await holdBody(req, { maxBytes });
        res.end(await text(req));
        return held;
      });
      const words = Array.from({ length: 1000 }, (_, n) => `${n % 10}`);
      const chunks = words.map((word) => `1\r\n${word}\r\n`).join('');
      const opening = 'POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n';
      const parts = [`${opening}Transfer-Encoding: chunked\r\n\r\n`, chunks, '0\r\n\r\n'];
      expect(await exchange(port, parts)).toContain(words.join(''));
      const body = Buffer.from(words.join(''));
      expect(await outcome).toEqual(maxBytes === 999 ? 'too-large' : { body });
      expect(unshifted).toBe(1);
    },
  );

  it('gives chunks back in their order', async () => {
    const seen: string[] = [];
    const { outcome, port } = await start(async (req, res) => {
      const held = await holdBody(req);
      req.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      await once(req, 'end');
      res.end('served');
      return held;
    });
    const chunks = ['4\r\nfour\r\n', '5\r\nfive!\r\n', '0\r\n\r\n'];
    const opening = 'POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n';
    await exchange(port, [`${opening}Transfer-Encoding: chunked\r\n\r\n`, ...chunks]);
    expect(await outcome).toEqual({ body: Buffer.from('fourfive!') });
    expect(seen.join('')).toBe('fourfive!');
  });
});
