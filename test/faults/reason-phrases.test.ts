import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createCutover } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { fastifyCutover } from 'engramia-cutover/fastify';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import express from 'express';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Reason phrases as servers send them, in bytes. */
const phrases: Readonly<Record<string, Buffer>> = {
  'UTF-8': Buffer.from('成功'),
  'Latin-1': Buffer.from('\u00fcber', 'latin1'),
  ASCII: Buffer.from('Well done'),
};

const addressOf = (server: Server | HttpServer): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What a candidate fetches its replies from: `/UTF-8` is answered with that phrase. */
const upstream = createTcpServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (head) => {
    const name = /^GET \/(\S+)/.exec(head.toString())?.[1] ?? '';
    socket.write('HTTP/1.1 200 ');
    socket.write(phrases[name] ?? '');
    socket.end('\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\ncandidate');
  });
});

beforeAll(async () => {
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});

afterAll(() => upstream.close());

const shared = {
  name: 'chat',
  candidate: (_context: unknown, name: string) => fetch(`${addressOf(upstream)}/${name}`),
  identify: (name: string) => ({ tenant: 'acme', task: name }),
};

type Answered = readonly [status: number, statusText: string, text: string];

const answered = async (response: Response): Promise<Answered> => [
  response.status,
  response.statusText,
  await response.text(),
];

const ways = {
  express: async (name: string) => {
    const app = express();
    const read = (request: express.Request): string => request.path.slice(1);
    const cutover = expressCutover({ ...shared, read, flags: memoryFlags('live') });
    app.use(cutover, (_request, response) => void response.send('legacy'));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await answered(await fetch(`${addressOf(server)}/${name}`));
    } finally {
      server.close();
      await cutover.close();
    }
  },
  fastify: async (name: string) => {
    const cutover = createCutover({ flags: memoryFlags('live') });
    const app = fastify();
    await app.register(fastifyCutover, { cutover });
    const read = (request: { url: string }): string => request.url.slice(1);
    app.get('/*', { config: { cutover: { ...shared, read } } }, async () => 'legacy');
    try {
      await app.listen({ port: 0, host: '127.0.0.1' });
      return await answered(await fetch(`${addressOf(app.server)}/${name}`));
    } finally {
      await app.close();
      await cutover.close();
    }
  },
  fetch: async (name: string) => {
    const handle = fetchCutover({
      name: 'chat',
      legacy: async () => new Response('legacy'),
      candidate: (_context, { url }) => shared.candidate(_context, new URL(url).pathname.slice(1)),
      identify: () => ({ tenant: 'acme', task: name }),
      flags: memoryFlags('live'),
    });
    const reply = await answered(await handle(new Request(`http://app.test/${name}`)));
    await handle.close();
    return reply;
  },
};

describe.each(Object.keys(ways) as (keyof typeof ways)[])(
  'a fetched reply of a candidate behind %s',
  (way) => {
    it.each(Object.keys(phrases))('is sent whatever its reason phrase is: %s', async (name) => {
      const [status, statusText, text] = await ways[way](name);
      expect([status, text]).toEqual([200, 'candidate']);
      expect(statusText).toBe(name === 'ASCII' ? 'Well done' : way === 'fetch' ? '' : 'OK');
    });
  },
);
