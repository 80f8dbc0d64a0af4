// A Fastify app that ends well: on SIGTERM it answers who is still waiting, then delivers what is still to be learned,
// all within one deadline. The queue is in memory, so what the deadline cuts off is lost, and counted.
// Run it with: npm run build:js && ENGRAMIA_API_URL=… ENGRAMIA_API_KEY=… npx node examples/shutdown-fastify.ts
import { setTimeout } from 'node:timers/promises';
import { createCutoverHandler, createEngramiaClient, oneScope } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import fastify from 'fastify';

/** Milliseconds from the signal to the end: less than whoever sends it waits before it kills. */
const stopMs = Number(process.env.STOP_MS ?? 10_000);
/** The part of it that is kept for lessons, however slow the requests are. */
const lessonsMs = stopMs / 2;

const client = createEngramiaClient();

async function existingHandler(message: string): Promise<string> {
  console.log('serving');
  await setTimeout(200); // a model takes its time
  return `legacy: ${message}`;
}

const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: existingHandler,
  candidate: async (_context, message) => `candidate: ${message}`,
  identify: (message) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('dualwrite'),
  engramia: oneScope(client),
});

const app = fastify();
app.post<{ Body: { message: string } }>('/chat', async ({ body }) => ({
  reply: await handleRequest(body.message),
}));
// A connection that was busy when the server closed would be kept alive for another minute.
app.addHook('onResponse', async () => {
  if (!app.server.listening) setImmediate(() => app.server.closeIdleConnections());
});

async function stop(): Promise<void> {
  const startedAt = performance.now();
  const leftMs = (): number => Math.max(0, startedAt + stopMs - performance.now());
  const answered = app.close();
  await Promise.race([answered, setTimeout(leftMs() - lessonsMs, undefined, { ref: false })]);
  app.server.closeAllConnections();
  await handleRequest.close({ timeoutMs: leftMs() });
  await client.close();
  const { ok, aborted } = handleRequest.stats().learn;
  console.log('stopped:', JSON.stringify({ learned: ok.stored + ok.deduplicated, aborted }));
}

process.once('SIGTERM', () => void stop()); // a second one ends the process at once
const address = await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
console.log('port:', new URL(address).port);
