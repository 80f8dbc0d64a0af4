import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript } from 'engramia-cutover/transcript';
import express from 'express';
import { describe, expect, it } from 'vitest';

interface Question {
  readonly thread: string;
  readonly message: string;
}

/** A chat behind Express, whose replies are JSON or a stream of text. */
async function server() {
  const flags = memoryFlags('dualwrite');
  const transcript = memoryTranscript();
  const returned: string[] = [];
  const chat = expressCutover<Question>({
    name: 'chat',
    read: (req) => req.body as Question,
    identify: ({ thread, message }) => ({ tenant: 'acme', conversation: thread, task: message }),
    candidate: async (context, { message }) => {
      if (message === 'leave') return Readable.from(leaving());
      const turns = await context.history();
      return { reply: `candidate on ${message} after ${turns.map(({ text }) => text).join(', ')}` };
    },
    handBack: async (turns) => void returned.push(...turns.map(({ text }) => text)),
    flags,
    transcript,
    logger: { warn: () => undefined },
  });
  async function* leaving() {
    yield 'in ';
    listening.closeAllConnections();
    await new Promise(() => undefined);
  }
  const app = express();
  app.post('/chat', express.json(), chat, (req, res) => {
    const { message } = req.body as Question;
    if (message === 'fail') res.status(500).json({ reply: 'no' });
    else if (message === 'leave') res.write('in ', () => listening.closeAllConnections());
    else if (message === 'stream') res.type('text/plain').write('in ', () => res.end('pieces'));
    else res.json({ reply: `legacy on ${message}` });
  });
  const listening = createServer(app);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const ask = async (message: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ thread: 'c1', message }),
    });
    return response.text();
  };
  const close = async (): Promise<void> => {
    await chat.close();
    listening.closeAllConnections();
    listening.close();
  };
  return { flags, transcript, returned, chat, ask, [Symbol.asyncDispose]: close };
}

describe('a conversation behind Express', () => {
  it('has each reply that was delivered before the next request came, and comes back', async () => {
    await using app = await server();
    await app.ask('one');
    await app.ask('stream');
    await app.ask('fail');
    app.flags.set('acme', 'live');
    expect(JSON.parse(await app.ask('two'))).toEqual({
      reply: 'candidate on two after one, legacy on one, stream, in pieces',
    });
    await app.ask('three');
    app.flags.set('acme', 'dualwrite');
    await app.chat.flush();
    expect(app.returned.filter((_text, index) => index % 2 === 0)).toEqual(['two', 'three']);
    expect(app.chat.stats().conversations.recorded).toMatchObject({ offered: 4, stored: 4 });
  });

  it.each(['dualwrite', 'live'] as const)('counts a client that leaves in %s', async (stage) => {
    await using app = await server();
    app.flags.set('acme', stage);
    const over = new Promise((resolve) => app.chat.on('served', resolve));
    await app.ask('leave').catch(() => undefined);
    expect(await over).toMatchObject({ status: 'fulfilled', cut: true });
    await app.chat.flush();
    const { conversations, routes } = app.chat.stats();
    expect(conversations.recorded).toMatchObject({ offered: 1, cut: 1, stored: 0 });
    const leg = stage === 'live' ? 'candidate' : 'legacy';
    expect(routes.chat).toMatchObject({ cut: { [leg]: 1 }, failed: { [leg]: 0 } });
  });
});
