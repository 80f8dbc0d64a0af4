import type { CutoverOptions, Stage } from 'engramia-cutover';
import { type FetchCutover, type FetchRouteOptions, fetchCutover } from 'engramia-cutover/fetch';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import type { FakeEngramia } from 'engramia-cutover/testing';
import { learning } from '../express/chat-app.ts';
import { type FetchServer, fetchServers, type Listening } from './servers.ts';

export type ChatOptions = FetchRouteOptions<undefined> & CutoverOptions;

export interface Chat extends AsyncDisposable {
  readonly handler: FetchCutover;
  readonly flags: MemoryFlags;
  readonly fake: FakeEngramia;
}

export interface ListeningChat extends Chat, Listening {
  /** Asks over `fetch`. */
  ask(message?: string, init?: RequestInit): Promise<Response>;
}

export const question = 'Build a CSV parser';

/** The message in a request's JSON body. */
export async function messageOf(request: Request): Promise<string> {
  const { message } = (await request.json()) as { message: string };
  return message;
}

/** A request as the chat's users send it. */
export const chatRequest = (message = question, init: RequestInit = {}): Request =>
  new Request('http://chat.test/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
    ...init,
  });

/** A chat of one tenant that is being moved over, with whatever a test changes. */
export async function startHandler(stage: Stage, over: Partial<ChatOptions> = {}): Promise<Chat> {
  const { fake, engramia } = await learning();
  const flags = memoryFlags(stage);
  const handler = fetchCutover({
    name: 'chat',
    legacy: async (request: Request) =>
      Response.json({ reply: `legacy: ${await messageOf(request)}` }),
    candidate: async (_context: unknown, request: Request) => ({
      reply: `candidate: ${await messageOf(request)}`,
    }),
    identify: async (request: Request) => ({ tenant: 'acme', task: await messageOf(request) }),
    flags,
    engramia,
    decideTimeoutMs: 10_000,
    logger: { warn: () => undefined },
    ...over,
  } as ChatOptions);
  return {
    handler,
    flags,
    fake,
    [Symbol.asyncDispose]: async () => void (await handler.close({ timeoutMs: 1_000 })),
  };
}

/** The same behind a server, on a socket of its own. */
export async function startChat(
  server: FetchServer,
  stage: Stage,
  over: Partial<ChatOptions> = {},
): Promise<ListeningChat> {
  const chat = await startHandler(stage, over);
  const listening = await fetchServers[server]((request) => chat.handler(request));
  return {
    ...chat,
    ...listening,
    ask: (message = question, init = {}) =>
      fetch(listening.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
        ...init,
      }),
    [Symbol.asyncDispose]: async () => {
      await listening[Symbol.asyncDispose]();
      await chat[Symbol.asyncDispose]();
    },
  };
}
