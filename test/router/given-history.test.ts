import { createCutover, createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { listen, shut } from '../express/servers.ts';

interface Turn {
  role: string;
  content: string;
}
interface Question {
  messages: Turn[];
}

const ask = (): Turn[] => [{ role: 'user', content: 'Where is my order?' }];
const answer = { role: 'assistant', content: 'It left yesterday.' };
const system = { role: 'system', content: 'Be kind.' };
const taskOf = (messages: readonly Turn[]): string => messages.at(-1)?.content ?? '';

/** A candidate that keeps what it is given. */
function listening() {
  const heard: Turn[][] = [];
  const hear = (messages: Turn[]): string => {
    heard.push(messages);
    return answer.content;
  };
  return { heard, hear };
}

describe('the history that a mirror gets has nothing in it that came later', () => {
  it.each(['shadow', 'live'] as const)('of a caller, in stage %s', async (stage) => {
    const { heard, hear } = listening();
    const handler = createCutoverHandler({
      name: 'chat',
      identify: (messages: Turn[]) => ({ tenant: 'acme', task: taskOf(messages) }),
      legacy: async (_messages: Turn[]) => answer.content,
      candidate: shadowSafe(async (context, messages: Turn[]) =>
        context.mirrored ? hear(messages) : answer.content,
      ),
      legacyShadow: async (_context, messages) => hear(messages),
      flags: memoryFlags(stage),
    });
    const messages = ask();
    messages.push({ role: 'assistant', content: await handler(messages) });
    await handler.close();
    expect(messages).toEqual([...ask(), answer]);
    expect(heard).toEqual([ask()]);
  });

  it('of a legacy that adds to it while it runs', async () => {
    const { heard, hear } = listening();
    const handler = createCutoverHandler({
      name: 'chat',
      identify: ({ messages }: Question) => ({ tenant: 'acme', task: taskOf(messages) }),
      legacy: ({ messages }: Question) => {
        messages.unshift(system);
        return answer.content;
      },
      candidate: shadowSafe((_context, { messages }) => hear(messages)),
      snapshot: (args) => structuredClone(args),
      flags: memoryFlags('shadow'),
    });
    const question = { messages: ask() };
    await handler(question);
    await handler.close();
    expect(question.messages).toEqual([system, ...ask()]);
    expect(heard).toEqual([ask()]);
  });

  it('of a legacy behind Express that adds to the body', async () => {
    const { heard, hear } = listening();
    const cutover = createCutover({ flags: memoryFlags('shadow') });
    const app = express().use(express.json());
    app.post(
      '/chat',
      expressCutover({
        cutover,
        name: 'chat',
        read: ({ body }) => body as Question,
        identify: ({ messages }: Question) => ({ tenant: 'acme', task: taskOf(messages) }),
        candidate: shadowSafe((_context, { messages }) => hear(messages)),
      }),
      (req, res) => {
        req.body.messages.unshift(system);
        req.body.messages.push(answer);
        res.json(req.body.messages);
      },
    );
    const { server, port } = await listen(app);
    expect(await post(`http://127.0.0.1:${port}/chat`)).toEqual([system, ...ask(), answer]);
    await cutover.flush();
    await shut(server);
    expect(heard).toEqual([ask()]);
  });

  it('of a legacy behind Fastify that adds to the body', async () => {
    const { heard, hear } = listening();
    const cutover = createCutover({ flags: memoryFlags('shadow') });
    await using app = fastify();
    await app.register(fastifyCutover, { cutover });
    app.post<{ Body: Question }>(
      '/chat',
      {
        config: {
          cutover: {
            name: 'chat',
            read: ({ body }) => body,
            identify: ({ messages }: Question) => ({ tenant: 'acme', task: taskOf(messages) }),
            candidate: shadowSafe((_context: unknown, { messages }: Question) => hear(messages)),
          },
        },
      },
      async ({ body }) => {
        body.messages.unshift(system);
        body.messages.push(answer);
        return body.messages;
      },
    );
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    expect(await post(`${origin}/chat`)).toEqual([system, ...ask(), answer]);
    await cutover.flush();
    expect(heard).toEqual([ask()]);
  });
});

async function post(url: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: ask() }),
  });
  return response.json();
}
