// An Express app that ends well: on SIGTERM it answers who is still waiting, then delivers what is still to be learned,
// all within one deadline. The queue is in memory, so what the deadline cuts off is lost, and counted.
// Run it with: npm run build:js && ENGRAMIA_API_URL=… ENGRAMIA_API_KEY=… npx node examples/shutdown-express.ts
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createEngramiaClient, oneScope } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import express, { type Request, type RequestHandler } from 'express';

/** Milliseconds from the signal to the end: less than whoever sends it waits before it kills. */
const stopMs = Number(process.env.STOP_MS ?? 10_000);
/** The part of it that is kept for lessons, however slow the requests are. */
const lessonsMs = stopMs / 2;

const client = createEngramiaClient();

const existingHandler: RequestHandler = async (req, res) => {
  console.log('serving');
  await setTimeout(200); // a model takes its time
  res.json({ reply: `legacy: ${req.body.message}` });
};

const cutover = expressCutover({
  name: 'chat',
  read: (req: Request) => ({ message: String(req.body.message ?? '') }),
  identify: ({ message }) => ({ tenant: 'acme', task: message }),
  candidate: async (_context, { message }) => ({ reply: `candidate: ${message}` }),
  flags: memoryFlags('dualwrite'),
  engramia: oneScope(client),
});

const app = express();
app.post('/chat', express.json(), cutover, existingHandler);
const server = createServer(app).listen(Number(process.env.PORT ?? 0), '127.0.0.1');
// A connection that was busy when the server closed would be kept alive for another five seconds.
server.on('request', (_req, res) => {
  res.once('close', () => {
    if (!server.listening) setImmediate(() => server.closeIdleConnections());
  });
});

async function stop(): Promise<void> {
  const startedAt = performance.now();
  const leftMs = (): number => Math.max(0, startedAt + stopMs - performance.now());
  const answered = once(server, 'close');
  server.close();
  await Promise.race([answered, setTimeout(leftMs() - lessonsMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await cutover.close({ timeoutMs: leftMs() });
  await client.close();
  const { ok, aborted } = cutover.stats().learn;
  console.log('stopped:', JSON.stringify({ learned: ok.stored + ok.deduplicated, aborted }));
}

process.once('SIGTERM', () => void stop()); // a second one ends the process at once
await once(server, 'listening');
console.log('port:', (server.address() as AddressInfo).port);
