// An Express app whose existing route is moved over: it serves one request, learns it, and ends.
// Run it with: npm run build:js && npx node examples/express-app.ts
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import express, { type Request, type RequestHandler } from 'express';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
const client = createEngramiaClient({ baseUrl: fake.url, fetch: fake.fetch });
const keys = new Map([['acme', 'key-of-acme']]);

const auth: RequestHandler = (_req, res, next) => {
  res.locals.tenant = 'acme';
  next();
};

const existingHandler: RequestHandler = (req, res) => {
  res.json({ reply: `legacy: ${req.body.message}` });
};

const cutover = expressCutover({
  name: 'chat',
  read: (req: Request) => ({
    tenant: String(req.res?.locals.tenant ?? ''),
    message: String(req.body.message ?? ''),
  }),
  identify: ({ tenant, message }) => ({ tenant, task: message }),
  candidate: async (_context, { message }) => ({ reply: `candidate: ${message}` }),
  flags: memoryFlags('dualwrite'),
  engramia: keyPerTenant(client, (tenant) => keys.get(tenant)),
});

const app = express();
app.post('/chat', express.json(), auth, cutover, existingHandler);

const server = createServer(app).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const response = await fetch(`http://127.0.0.1:${port}/chat`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: 'Build a CSV parser' }),
});
console.log('answered:', response.status, await response.text());

server.closeAllConnections();
server.close();
const { learn } = await cutover.close();
await client.close();
console.log('learned:', learn.ok.stored);
for (const { task, code } of fake.patterns('acme')) console.log('pattern:', task, '→', code);
