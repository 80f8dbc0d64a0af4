import { once } from 'node:events';
import net from 'node:net';
import type { Stage } from 'engramia-cutover';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startChat } from './chat-handler.ts';
import { type FetchApp, fetchServerNames, fetchServers, type Listening } from './servers.ts';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

const head = (framing: string): string =>
  `POST /chat HTTP/1.1\r\nHost: chat.test\r\nContent-Type: text/plain\r\n${framing}\r\n\r\n`;

/** Uploads that are never finished, as they are on the wire. */
const uploads: Readonly<Record<string, string>> = {
  'no byte of a body': head('Content-Length: 100'),
  'half a body': `${head('Content-Length: 100')}half`,
  'half a body in chunks': `${head('Transfer-Encoding: chunked')}4\r\nhalf\r\n`,
  'part of a chunk': `${head('Transfer-Encoding: chunked')}40\r\nhalf`,
  'more than is held': `${head('Content-Length: 10000')}${'x'.repeat(200)}`,
  'part of what is too large from the start': `${head('Content-Length: 1000000')}half`,
};

/** Ways in which a client leaves. */
const exits: Readonly<Record<string, (socket: net.Socket) => unknown>> = {
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'ends its side': (socket) => socket.end(),
};

/** Sends an upload, and leaves once the server has what was sent. */
async function abort({ port, server }: Listening, sent: string, exit: string): Promise<void> {
  const arrived = once(server, 'request');
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  // A server may answer an upload that ends too early with a reset of its own.
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  socket.write(sent);
  await arrived;
  // Whoever reads has what is there.
  await new Promise((resolve) => setImmediate(resolve));
  const closed = once(socket, 'close');
  exits[exit]?.(socket);
  await closed;
}

/** How reading a request went, to the end: what came, and what it failed with. */
async function readingOf(request: Request): Promise<string> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const chunk of request.body ?? []) text += decoder.decode(chunk, { stream: true });
    return `${text}, and the end`;
  } catch (error) {
    const { name, message } = error as Error;
    return `${text}, and ${name}: ${message}`;
  }
}

/** An app that tells of each request how reading it went. */
function reader(): { answer: FetchApp; next: () => Promise<string> } {
  let read = Promise.withResolvers<string>();
  return {
    answer: async (request) => {
      read.resolve(await readingOf(request));
      return new Response('too late');
    },
    next: async () => {
      const said = await read.promise;
      read = Promise.withResolvers();
      return said;
    },
  };
}

const cases = Object.keys(uploads).flatMap((upload) =>
  Object.keys(exits).map((exit) => ({ upload, exit })),
);

describe.each(fetchServerNames)('a client that leaves in the midst of an upload to %s', (name) => {
  const bare = new Map<object, string>();

  beforeAll(async () => {
    const { answer, next } = reader();
    await using server = await fetchServers[name](answer);
    for (const one of cases) {
      await abort(server, uploads[one.upload] as string, one.exit);
      bare.set(one, await next());
    }
  });

  it.each(stages)('leaves legacy what it would have had alone, in stage %s', async (stage) => {
    const { answer, next } = reader();
    const candidate = vi.fn(() => 'not asked');
    await using chat = await startChat(name, stage, {
      identify: () => ({ tenant: 'acme', task: 'Build a CSV parser' }),
      maxBodyBytes: 100,
      legacy: answer,
      candidate,
    });
    for (const one of cases) {
      await abort(chat, uploads[one.upload] as string, one.exit);
      expect({ ...one, read: await next() }).toEqual({ ...one, read: bare.get(one) });
    }
    expect(bare.size).toBe(12);
    await chat.handler.flush();
    expect(candidate).not.toHaveBeenCalled();
    const { learn, mirror, routes } = chat.handler.stats();
    expect([learn.offered, mirror.offered, routes.chat?.undecided.identify]).toEqual([0, 0, 12]);
  });

  it.each(stages)('leaves a request that nobody reads answered, in stage %s', async (stage) => {
    const asked = Promise.withResolvers<void>();
    await using chat = await startChat(name, stage, {
      identify: () => ({ tenant: 'acme', task: 'Build a CSV parser' }),
      legacy: () => {
        asked.resolve();
        return new Response('bye');
      },
    });
    await abort(chat, uploads['half a body'] as string, 'resets the connection');
    await asked.promise;
    // The next client is none the worse for it.
    expect(await (await chat.ask()).status).toBe(200);
  });
});
