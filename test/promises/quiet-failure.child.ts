// A process in which all that can fail fails. It ends when nothing holds it any more: the test waits for that.

import { shadowSafe } from '../../src/core/call/shadow-safe.ts';
import { createCutoverHandler } from '../../src/create.ts';
import { createEngramiaClient } from '../../src/engramia/create-engramia-client.ts';
import { oneScope } from '../../src/engramia/learning/one-scope.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';

let unhandled = 0;
let warnings = 0;
const before = new Set(process.eventNames());
const watch = (): void => {
  unhandled += 1;
};
process.on('unhandledRejection', watch);

const fail = (what: string) => (): never => {
  throw new Error(what);
};
const services = [
  async () => new Response('Internal Server Error', { status: 500 }),
  () => Promise.reject(new TypeError('fetch failed')),
  () => new Promise<Response>(() => undefined),
];

let replies = 0;
for (const fetch of services) {
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `legacy: ${message}`,
    candidate: shadowSafe(async () => fail('candidate')()),
    identify: (message) => ({ tenant: 'acme', task: message }),
    view: fetch === services[0] ? fail('view') : (reply) => ({ text: reply }),
    flags: memoryFlags('shadow'),
    force: fail('force'),
    isGone: fail('isGone'),
    engramia: oneScope(
      createEngramiaClient({ baseUrl: 'https://engramia.test', apiKey: 'key', fetch }),
    ),
    logger: {
      warn: () => {
        warnings += 1;
        throw new Error('logger');
      },
    },
  });
  for (const type of ['decided', 'served', 'compared', 'settled', 'dropped', 'error'] as const) {
    handler.on(type, fail('listener'));
    handler.on(type, async () => fail('asynchronous listener')());
  }
  for (let call = 0; call < 100; call += 1) {
    if ((await handler(`message number ${call} of this run`)).startsWith('legacy')) replies += 1;
  }
}
await new Promise((resolve) => setImmediate(resolve));
await new Promise((resolve) => setImmediate(resolve));
const processListeners = process
  .eventNames()
  .filter((name) => name !== 'unhandledRejection' && !before.has(name));
process.on('exit', () => {
  process.stdout.write(
    JSON.stringify({
      processListeners: processListeners.map(String),
      unhandled,
      replies,
      warnings: warnings / services.length,
    }),
  );
});
