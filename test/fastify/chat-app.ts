import {
  type Cutover,
  type CutoverOptions,
  createCutover,
  createEngramiaClient,
  oneScope,
  type Stage,
} from 'engramia-cutover';
import { type FastifyRouteOptions, fastifyCutover } from 'engramia-cutover/fastify';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import Fastify, {
  type FastifyInstance,
  type FastifyServerOptions,
  type RouteHandlerMethod,
  type RouteShorthandOptions,
} from 'fastify';
import { exchange } from '../express/raw-client.ts';
import { listen, shut } from './servers.ts';

export interface Question {
  readonly message: string;
}

export interface ChatSetup {
  readonly stage: Stage;
  readonly legacy?: RouteHandlerMethod;
  readonly server?: FastifyServerOptions;
  /** Runs before the plugin is registered. */
  readonly before?: (app: FastifyInstance) => unknown;
  /** Hooks, schema and the like of the chat route. */
  readonly route?: RouteShorthandOptions;
  readonly options?: Partial<FastifyRouteOptions<Question>>;
  readonly shared?: Partial<CutoverOptions>;
}

export interface ChatApp extends AsyncDisposable {
  readonly port: number;
  readonly app: FastifyInstance;
  readonly cutover: Cutover;
  readonly flags: MemoryFlags;
  readonly fake: FakeEngramia;
  /** What the app's error handler was told. */
  readonly errors: unknown[];
  /** How often the route's own handler was called. */
  readonly legacyCalls: () => number;
  /** Asks over `fetch`. */
  ask(message?: string, init?: RequestInit): Promise<Response>;
  /** Asks on a connection of its own, and gives all that came back. */
  askRaw(message?: string, options?: Parameters<typeof exchange>[2]): Promise<string>;
}

export const question = 'Build a CSV parser';

const messageOf = (body: unknown): string => String((body as Question).message);

const legacyAnswer: RouteHandlerMethod = async (request) => ({
  reply: `legacy: ${messageOf(request.body)}`,
});

/** What learns in tests: the emulated service without its limits. */
export async function learning() {
  const fake = await fakeEngramia({ rateLimits: false });
  const { url: baseUrl, key: apiKey, fetch } = fake;
  const client = createEngramiaClient({ baseUrl, apiKey, fetch, pacing: false });
  return { fake, engramia: oneScope(client) };
}

/** The chat route's cutover, as most tests have it. */
export const chatRoute: FastifyRouteOptions<Question> = {
  name: 'chat',
  read: (request) => ({ message: messageOf(request.body) }),
  identify: ({ message }) => ({ tenant: 'acme', task: message }),
  candidate: async (_context, { message }) => ({ reply: `candidate: ${message}` }),
};

/** An app with one chat route that is being moved over, on a socket of its own. */
export async function startChat(setup: ChatSetup): Promise<ChatApp> {
  const { fake, engramia } = await learning();
  const flags = memoryFlags(setup.stage);
  const errors: unknown[] = [];
  let legacyCalls = 0;
  const logger = { warn: () => undefined };
  const cutover = createCutover({ flags, engramia, logger, ...setup.shared });
  const app = Fastify({ forceCloseConnections: true, ...setup.server });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    errors.push(error);
    await reply.status(error.statusCode ?? 500).send(`error: ${error.message}`);
  });
  await setup.before?.(app);
  await app.register(fastifyCutover, { cutover });
  const legacy = setup.legacy ?? legacyAnswer;
  const counted: RouteHandlerMethod = function (request, reply) {
    legacyCalls += 1;
    return legacy.call(this, request, reply);
  };
  const config = { cutover: { ...chatRoute, ...setup.options } };
  app.post('/chat', { ...setup.route, config }, counted);
  const port = await listen(app);
  return {
    port,
    app,
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
      await shut(app);
      await cutover.close({ timeoutMs: 1_000 });
    },
  };
}
