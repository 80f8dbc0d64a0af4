import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CallContext,
  type Cutover,
  type CutoverOptions,
  createCutover,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import type { FakeEngramia } from 'engramia-cutover/testing';
import { learning } from '../express/chat-app.ts';
import type { ChatRoute, WayIn } from './way-in.ts';

/** An app that is listening, and what is known of it. */
export interface Running extends AsyncDisposable {
  readonly cutover: Cutover;
  readonly flags: MemoryFlags;
  readonly fake: FakeEngramia;
  readonly storage: AsyncLocalStorage<string>;
  /** How often legacy was asked. */
  readonly legacyCalls: () => number;
  /** Resolves when the server is done with the first request: it was answered, or its client has left. */
  readonly firstIsOver: Promise<void>;
  request(signal?: AbortSignal): Promise<Response>;
  /** Status and text of an answer. */
  ask(): Promise<[status: number, text: string]>;
}

/** What a test changes of the route and its cutover. */
export type Setup = Partial<ChatRoute> & { readonly shared?: Partial<CutoverOptions> };

export const question = 'Build a CSV parser';
export const byLegacy = [200, `legacy: ${question}`];
export const byCandidate = [200, `candidate: ${question}`];
export const stages: readonly Stage[] = [
  'off',
  'dualwrite',
  'shadow',
  'live',
  'rampdown',
  'complete',
];
export const servedByLegacy: readonly Stage[] = ['off', 'dualwrite', 'shadow'];
export const withFallback: readonly Stage[] = ['live', 'rampdown'];

const answer = async (_context: CallContext, message: string): Promise<string> =>
  `candidate: ${message}`;

/** An app with the chat route of one way in, on a socket of its own. */
export async function start(way: WayIn, stage: Stage, setup: Setup = {}): Promise<Running> {
  const { shared, legacy, candidate = answer, ...route } = setup;
  const { fake, engramia } = await learning();
  const flags = memoryFlags(stage);
  const logger = { warn: () => undefined };
  const cutover = createCutover({ flags, engramia, logger, decideTimeoutMs: 10_000, ...shared });
  const storage = new AsyncLocalStorage<string>();
  let legacyCalls = 0;
  const { port, server, close } = await way.listen(cutover, {
    around: (handle) => storage.run('of the request', handle),
    ...route,
    candidate: route.isSafe ? shadowSafe(candidate) : candidate,
    legacy: (message) => {
      legacyCalls += 1;
      return legacy ? legacy(message) : { text: `legacy: ${message}` };
    },
  });
  const firstIsOver = new Promise<void>((resolve) => {
    server.once('request', (_req, res) => res.once('close', () => resolve()));
  });
  const request = (signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: question }),
      signal: signal ?? null,
    });
  return {
    cutover,
    flags,
    fake,
    storage,
    legacyCalls: () => legacyCalls,
    firstIsOver,
    request,
    ask: async () => {
      const response = await request();
      return [response.status, await response.text()];
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await cutover.close({ timeoutMs: 1_000 });
    },
  };
}

/** What was learned, once nothing is under way any more. */
export const learned = async ({ cutover, fake }: Running): Promise<(string | undefined)[]> => {
  await cutover.flush();
  return fake.patterns('default').map(({ code }) => code);
};

export const throwing = (message: string) => (): never => {
  throw new Error(message);
};

/** What every way in does. */
export type Behaviours = Readonly<Record<string, (way: WayIn) => Promise<void>>>;
