import { setTimeout } from 'node:timers/promises';
import {
  type CutoverHandler,
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  type Stage,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';

/** Tasks that run at once on a lane by default. */
export const laneConcurrency = 4;

/** A handler as an app has it: legacy takes its time. */
export type App = CutoverHandler<[string, string], Promise<string>>;

/**
 * An app in one stage whose exchanges are learned by a service. Each tenant has a scope of its own, so that learning
 * is not kept to one request at a time, and nothing is paced: both make it harder.
 */
export function learningApp(stage: Stage, serviceUrl: string, timeoutMs?: number): App {
  const client = createEngramiaClient({
    baseUrl: serviceUrl,
    pacing: false,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  return createCutoverHandler({
    name: 'chat',
    async legacy(user: string, message: string): Promise<string> {
      await setTimeout(1);
      return `${user} asked for this: ${message}`;
    },
    candidate: async (_context, user, message) => `${user}: ${message}`,
    identify: (user, message) => ({ tenant: user, task: message }),
    flags: memoryFlags(stage),
    engramia: keyPerTenant(client, (tenant) => `bench-key-of-${tenant}`),
    logger: { warn: () => undefined },
  });
}
