// A platform that freezes after the response: its event loop is not turned again until it is thawed.
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { shadowSafe } from '../../src/core/call/shadow-safe.ts';
import { createCutoverHandler } from '../../src/create.ts';
import { createEngramiaClient } from '../../src/engramia/create-engramia-client.ts';
import { oneScope } from '../../src/engramia/learning/one-scope.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';
import type { HostSettings } from './freezing-host.ts';

const { baseUrl, mode, deadlineMs, waitUntil, shared } = workerData as HostSettings;
const flow = new Int32Array(shared);
const works: Promise<unknown>[] = [];

const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (message: string) => `legacy: ${message}`,
  candidate: shadowSafe(async (_context: unknown, message: string) => {
    await setTimeout(50);
    return `candidate: ${message}`;
  }),
  identify: (message) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('shadow'),
  engramia: oneScope(createEngramiaClient({ baseUrl, apiKey: 'key-of-acme' })),
  background: {
    mode,
    deadlineMs: waitUntil === 'of the call' ? () => deadlineMs : deadlineMs,
    waitUntil: (work) => {
      if (waitUntil === 'of the options') works.push(work);
    },
  },
});

function freeze(): void {
  Atomics.store(flow, 0, 1);
  Atomics.notify(flow, 0);
  Atomics.wait(flow, 1, 0);
}

parentPort?.once('message', async (messages: string[]) => {
  const init =
    waitUntil === 'of the call'
      ? { waitUntil: (work: Promise<unknown>) => void works.push(work) }
      : {};
  const startedAt = performance.now();
  const replies = await Promise.all(messages.map((message) => handler.run([message], init)));
  parentPort?.postMessage({ replies });
  await Promise.all(works);
  const tell = (): void => {
    const { learn, mirror } = handler.stats();
    parentPort?.postMessage({ learn, mirror, elapsedMs: performance.now() - startedAt });
  };
  tell();
  freeze();
  await handler.flush();
  tell();
});
