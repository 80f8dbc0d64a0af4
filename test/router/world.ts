import type { CallContext, RouteOptions, Stage } from 'engramia-cutover';
import { type CutoverHandler, type CutoverOptions, createCutoverHandler } from 'engramia-cutover';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';

type ChatRoute = RouteOptions<[userId: string, message: string], Promise<string>>;

export interface World {
  readonly handler: CutoverHandler<[userId: string, message: string], Promise<string>>;
  readonly flags: MemoryFlags;
  /** Warnings, as a logger would print them. */
  readonly warnings: string[];
}

/** A chat route of one tenant, in a stage, with whatever a test changes. */
export function chat(stage: Stage, over: Partial<ChatRoute & CutoverOptions> = {}): World {
  const flags = memoryFlags(stage);
  const warnings: string[] = [];
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_userId: string, message: string) => `legacy: ${message}`,
    candidate: async (_context: CallContext, _userId: string, message: string) =>
      `candidate: ${message}`,
    identify: (userId: string, message: string) => ({
      tenant: 'acme',
      user: userId,
      task: message,
    }),
    flags,
    logger: { warn: (message: string) => void warnings.push(message) },
    ...over,
  });
  return { handler, flags, warnings };
}

/** A promise that the test settles itself. */
export function deferred<T>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>();
}

/** A candidate that never answers and never listens. */
export const hangs = (): Promise<string> => new Promise(() => undefined);

/** Lets everything that is due in this turn of the loop and the next happen. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
