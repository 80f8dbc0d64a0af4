// A Fastify app whose existing route is moved over: it serves one request, learns it, and ends.
// Run it with: npm run build:js && npx node examples/fastify-app.ts
import { createEngramiaClient, keyPerTenant } from 'engramia-cutover';
import { cutoverRoute, fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import Fastify, { type FastifyRequest } from 'fastify';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
const client = createEngramiaClient({ baseUrl: fake.url, fetch: fake.fetch });
const keys = new Map([['acme', 'key-of-acme']]);

interface Chat {
  Body: { message: string };
}

const tenants = new Map([['token-of-acme', 'acme']]);
const tenantOf = (request: FastifyRequest): string | undefined =>
  tenants.get(request.headers.authorization ?? '');

const app = Fastify();

await app.register(fastifyCutover, {
  flags: memoryFlags('dualwrite'),
  engramia: keyPerTenant(client, (tenant) => keys.get(tenant)),
});

const cutover = cutoverRoute({
  name: 'chat',
  read: (request: FastifyRequest<Chat>) => ({
    tenant: tenantOf(request) ?? '',
    message: request.body.message,
  }),
  identify: ({ tenant, message }) => ({ tenant, task: message }),
  candidate: async (_context, { message }) => ({ reply: `candidate: ${message}` }),
});

app.post<Chat>(
  '/chat',
  {
    config: { cutover },
    preHandler: async (request, reply) =>
      tenantOf(request) === undefined ? reply.code(401).send('Who are you?') : undefined,
  },
  async (request) => ({ reply: `legacy: ${request.body.message}` }),
);

const address = await app.listen({ port: 0, host: '127.0.0.1' });
const ask = async (authorization: string): Promise<void> => {
  const response = await fetch(`${address}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', authorization },
    body: JSON.stringify({ message: 'Build a CSV parser' }),
  });
  console.log('answered:', response.status, await response.text());
};
await ask('token-of-nobody');
await ask('token-of-acme');

// Closes the cutover as well, which it has made itself.
await app.close();
await client.close();
console.log('learned:', app.cutover.stats().learn.ok.stored);
for (const { task, code } of fake.patterns('acme')) console.log('pattern:', task, '→', code);
