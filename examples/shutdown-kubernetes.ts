// A pod that ends well. On SIGTERM it says that it is not ready and goes on serving until the endpoints have heard of it,
// then answers who is still waiting, then delivers what is still to be learned. The three shares and a reserve make up
// the pod's terminationGracePeriodSeconds, after which it would be killed.
// Run it with: npm run build:js && ENGRAMIA_API_URL=… ENGRAMIA_API_KEY=… npx node examples/shutdown-kubernetes.ts
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { createCutoverHandler, createEngramiaClient, oneScope } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';

/** Milliseconds; `terminationGracePeriodSeconds`, handed to the container. */
const graceMs = Number(process.env.GRACE_MS ?? 30_000);
/** For the end of the process itself, and for a clock that is a little off. */
const reserveMs = Math.min(1_000, graceMs / 10);
/** How long endpoints and proxies may go on sending requests here; never more than a third of the whole. */
const delayMs = Math.min(Number(process.env.DELAY_MS ?? 5_000), graceMs / 3);
const lessonsMs = (graceMs - reserveMs - delayMs) / 2;

const client = createEngramiaClient();
const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: async (message: string) => {
    console.log('serving');
    await setTimeout(200); // a model takes its time
    return `legacy: ${message}`;
  },
  candidate: async (_context, message) => `candidate: ${message}`,
  identify: (message) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('dualwrite'),
  engramia: oneScope(client),
});

let isReady = true;

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  // Proxies that still hold a connection are to ask elsewhere next time.
  if (!isReady) res.setHeader('connection', 'close');
  if (req.url === '/ready') res.writeHead(isReady ? 200 : 503).end();
  else res.end(await handleRequest(await text(req)));
}

const server = createServer((req, res) => {
  answer(req, res).catch(() => res.writeHead(500).end());
  res.once('close', () => {
    if (!server.listening) setImmediate(() => server.closeIdleConnections());
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1');

async function stop(): Promise<void> {
  const startedAt = performance.now();
  const leftMs = (): number => Math.max(0, startedAt + graceMs - reserveMs - performance.now());
  isReady = false;
  console.log('not ready');
  await setTimeout(delayMs);
  const answered = once(server, 'close');
  server.close();
  await Promise.race([answered, setTimeout(leftMs() - lessonsMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await handleRequest.close({ timeoutMs: leftMs() });
  await client.close();
  const { ok, aborted } = handleRequest.stats().learn;
  console.log('stopped:', JSON.stringify({ learned: ok.stored + ok.deduplicated, aborted }));
}

process.once('SIGTERM', () => void stop());
await once(server, 'listening');
console.log('port:', (server.address() as AddressInfo).port);
