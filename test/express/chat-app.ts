import type { Server } from 'node:http';
import { createEngramiaClient, oneScope, type Stage } from 'engramia-cutover';
import {
  type ExpressCutover,
  type ExpressCutoverOptions,
  expressCutover,
} from 'engramia-cutover/express';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { exchange } from './raw-client.ts';
import { createApp, type Framework, frameworks, listen, shut } from './servers.ts';

export interface Question {
  readonly message: string;
}

export interface ChatSetup {
  readonly stage: Stage;
  readonly legacy?: RequestHandler;
  /** Directly before the middleware; a JSON parser unless given. */
  readonly before?: readonly RequestHandler[];
  readonly behind?: readonly RequestHandler[];
  readonly options?: Partial<ExpressCutoverOptions<Question>>;
}

export interface ChatApp extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  readonly cutover: ExpressCutover;
  readonly flags: MemoryFlags;
  readonly fake: FakeEngramia;
  /** What the app's error middleware was told. */
  readonly errors: unknown[];
  /** How often the handler behind the middleware was called. */
  readonly legacyCalls: () => number;
  /** Asks over `fetch`. */
  ask(message?: string, init?: RequestInit): Promise<Response>;
  /** Asks on a connection of its own, and gives all that came back. */
  askRaw(message?: string, options?: Parameters<typeof exchange>[2]): Promise<string>;
}

export const question = 'Build a CSV parser';

const legacyAnswer: RequestHandler = (req, res) => {
  res.json({ reply: `legacy: ${req.body?.message}` });
};

/** What learns in tests: the emulated service without its limits. */
export async function learning() {
  const fake = await fakeEngramia({ rateLimits: false });
  const { url: baseUrl, key: apiKey, fetch } = fake;
  const client = createEngramiaClient({ baseUrl, apiKey, fetch, pacing: false });
  return { fake, engramia: oneScope(client) };
}

/** An app with one chat route that is being moved over, on a socket of its own. */
export async function startChat(framework: Framework, setup: ChatSetup): Promise<ChatApp> {
  const { fake, engramia } = await learning();
  const flags = memoryFlags(setup.stage);
  const errors: unknown[] = [];
  let legacyCalls = 0;
  const cutover = expressCutover<Question>({
    name: 'chat',
    read: (req: Request) => ({ message: String(req.body.message) }),
    identify: ({ message }) => ({ tenant: 'acme', task: message }),
    candidate: async (_context, { message }) => ({ reply: `candidate: ${message}` }),
    flags,
    engramia,
    logger: { warn: () => undefined },
    ...setup.options,
  } as ExpressCutoverOptions<Question>);
  const app = createApp(framework);
  const countLegacy: RequestHandler = (_req, _res, next) => {
    legacyCalls += 1;
    next();
  };
  const { before = [frameworks[framework].json()], behind = [], legacy = legacyAnswer } = setup;
  app.all('/chat', ...before, cutover, countLegacy, ...behind, legacy);
  const onError: ErrorRequestHandler = (error, _req, res, next) => {
    errors.push(error);
    if (res.headersSent) next(error);
    else res.status(error.status ?? 500).send(`error: ${error.message}`);
  };
  app.use(onError);
  const { port, server } = await listen(app);
  return {
    port,
    server,
    cutover,
    flags,
    fake,
    errors,
    legacyCalls: () => legacyCalls,
    ask: (message = question, init = {}) =>
      fetch(`http://127.0.0.1:${port}/chat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
        ...init,
      }),
    askRaw: (message = question, options = {}) => {
      const body = JSON.stringify({ message });
      const head = [
        'POST /chat HTTP/1.1',
        'Host: test',
        'Connection: close',
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
      ];
      return exchange(port, [`${head.join('\r\n')}\r\n\r\n${body}`], options);
    },
    [Symbol.asyncDispose]: async () => {
      await shut(server);
      await cutover.close({ timeoutMs: 1_000 });
    },
  };
}
