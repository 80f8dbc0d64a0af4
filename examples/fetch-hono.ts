// A Hono app whose existing route is moved over: it serves one request, learns it, and ends.
// Run it with: npm run build:js && npx node examples/fetch-hono.ts
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
const client = createEngramiaClient({ baseUrl: fake.url, fetch: fake.fetch });
const keys = new Map([['acme', 'key-of-acme']]);

interface Facts {
  tenant: string;
}

const tenants = new Map([['token-of-acme', 'acme']]);
const auth = createMiddleware<{ Variables: Facts }>(async (c, next) => {
  const tenant = tenants.get(c.req.header('authorization') ?? '');
  if (tenant === undefined) return c.text('Who are you?', 401);
  c.set('tenant', tenant);
  return next();
});

const messageOf = async (request: Request): Promise<string> =>
  ((await request.json()) as { message: string }).message;

const existingHandler = async (request: Request): Promise<Response> =>
  Response.json({ reply: `legacy: ${await messageOf(request)}` });

const chat = fetchCutover({
  name: 'chat',
  legacy: (request) => existingHandler(request),
  candidate: async (_context, request) => ({ reply: `candidate: ${await messageOf(request)}` }),
  // What auth has found: with it a tenant that is off is served with nothing read of its request.
  tenant: (_head, { tenant }: Facts) => tenant,
  identify: async (request) => ({ task: await messageOf(request) }),
  flags: memoryFlags('dualwrite'),
  engramia: keyPerTenant(client, (tenant) => keys.get(tenant)),
});

const app = new Hono<{ Variables: Facts }>();
app.post('/chat', auth, (c) => chat(c.req.raw, { locals: { tenant: c.get('tenant') } }));

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ask = async (authorization: string): Promise<void> => {
  const response = await fetch(`http://127.0.0.1:${port}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ message: 'Build a CSV parser' }),
  });
  console.log('answered:', response.status, await response.text());
};
await ask('token-of-nobody');
await ask('token-of-acme');

server.closeAllConnections();
server.close();
const { learn } = await chat.close();
await client.close();
console.log('learned:', learn.ok.stored);
for (const { task, code } of fake.patterns('acme')) console.log('pattern:', task, '→', code);
