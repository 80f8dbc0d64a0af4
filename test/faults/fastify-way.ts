import { Readable } from 'node:stream';
import { createCutover, shadowSafe } from 'engramia-cutover';
import { cutoverRoute, fastifyCutover } from 'engramia-cutover/fastify';
import Fastify, { type RouteHandlerMethod } from 'fastify';
import { exchange, normalized } from '../express/raw-client.ts';
import { listen, shut } from '../fastify/servers.ts';
import type { Kind, Site, WayIn } from './way-in.ts';

const boom = (statusCode = 500): Error => Object.assign(new Error('boom'), { statusCode });

async function* failingMidway(): AsyncGenerator<string> {
  yield 'half of ';
  await new Promise((resolve) => setImmediate(resolve));
  throw boom();
}

const handlers: Readonly<Record<string, RouteHandlerMethod>> = {
  'an object': () => ({ text: 'héllo' }),
  'a string': async () => 'plain ✓',
  bytes: async () => Buffer.from([0, 1, 250, 251]),
  'the reply itself': (_request, reply) => reply.send({ text: 'sent' }),
  'a send in a later turn': (_request, reply) => void setImmediate(() => reply.send('later')),
  'a Node stream': (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b'])),
  'a web stream': (_request, reply) => reply.type('text/plain').send(new Blob(['web']).stream()),
  'an event stream': (_request, reply) =>
    reply.type('text/event-stream').send(Readable.from(['data: a\n\n', 'data: [DONE]\n\n'])),
  'a redirect': (_request, reply) => reply.redirect('/elsewhere'),
  'not found': (_request, reply) => reply.callNotFound(),
  'a status of 500': (_request, reply) => reply.code(500).send({ text: 'sorry' }),
  'a thrown error': () => {
    throw boom(418);
  },
  'a rejection': async () => Promise.reject(boom(402)),
  'a stream that fails midway': (_request, reply) =>
    reply.type('text/plain').send(Readable.from(failingMidway())),
};

/** What a candidate gives for the same bytes; of the other kinds it fails. */
const candidates: Readonly<Record<string, () => unknown>> = {
  'an object': () => ({ text: 'héllo' }),
  'a string': () => 'plain ✓',
};

const kinds: readonly Kind[] = Object.keys(handlers).map((name) => ({
  name,
  byCandidate: Object.hasOwn(candidates, name),
}));

const nameOf = (url: string): string => kinds[Number(url.slice(1))]?.name ?? '';

const answer = shadowSafe((_context, url: string): unknown => {
  const candidate = candidates[nameOf(url)];
  if (candidate === undefined) throw new Error('no candidate for this');
  return candidate();
});

/** A Fastify 5 app whose routes are wrapped, over a socket; the bytes are compared. */
export const fastifyWay: WayIn = {
  name: 'Fastify 5',
  kinds,
  async open(options): Promise<Site> {
    const cutover = options && createCutover(options);
    const app = Fastify({ forceCloseConnections: true });
    if (cutover !== undefined) await app.register(fastifyCutover, { cutover });
    const route = cutoverRoute({
      name: 'chat',
      read: ({ url }) => url,
      identify: (url) => ({ tenant: 'acme', task: `Answer with ${nameOf(url)}, please` }),
      candidate: answer,
    });
    const config = cutover === undefined ? {} : { cutover: route };
    for (const [index, { name }] of kinds.entries()) {
      app.get(`/${index}`, { config }, handlers[name] as RouteHandlerMethod);
    }
    const port = await listen(app);
    return {
      async ask(kind) {
        const head = `GET /${kinds.indexOf(kind)} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`;
        return { status: 'closed', value: normalized(await exchange(port, [head])) };
      },
      cutover,
      async [Symbol.asyncDispose]() {
        await shut(app);
        await cutover?.close({ timeoutMs: 1 });
      },
    };
  },
};
