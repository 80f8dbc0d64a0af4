// A process whose exchanges are learned at services that are all at fault. It closes nothing and ends when nothing holds
// it any more: the test waits for that.

import { shadowSafe } from '../../src/core/call/shadow-safe.ts';
import { createCutoverHandler } from '../../src/create.ts';
import { createEngramiaClient } from '../../src/engramia/create-engramia-client.ts';
import { oneScope } from '../../src/engramia/learning/one-scope.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';

const told = { replies: 0, unhandled: 0, listeners: [] as string[], failing: 0 };
const before = new Set(process.eventNames());
process.on('unhandledRejection', () => {
  told.unhandled += 1;
});

const handlers = process.argv.slice(2).map((baseUrl) => {
  const client = createEngramiaClient({
    baseUrl,
    apiKey: 'key',
    timeoutMs: 150,
    maxResponseBytes: 262_144,
    pacing: false,
  });
  return createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `legacy: ${message}`,
    candidate: shadowSafe(async (_context, message) => `candidate: ${message}`),
    identify: (message) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags('shadow'),
    engramia: oneScope(client),
    logger: { warn: () => undefined },
  });
});

const met = handlers.map(
  (handler) =>
    new Promise<void>((resolve) => {
      handler.on('error', () => resolve());
      handler.on('learned', () => resolve());
    }),
);
for (const handler of handlers) {
  for (let call = 0; call < 50; call += 1) {
    if ((await handler(`message number ${call} of this run`)).startsWith('legacy')) {
      told.replies += 1;
    }
  }
}
await Promise.all(met);
told.failing = handlers.filter((handler) => handler.stats().learn.pending > 0).length;
told.listeners = process
  .eventNames()
  .filter((name) => name !== 'unhandledRejection' && !before.has(name))
  .map(String);
process.on('exit', () => void process.stdout.write(JSON.stringify(told)));
