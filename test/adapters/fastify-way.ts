import { Readable } from 'node:stream';
import type { Cutover } from 'engramia-cutover';
import { fastifyCutover } from 'engramia-cutover/fastify';
import Fastify from 'fastify';
import { listening } from './listening.ts';
import type { ChatRoute, WayIn } from './way-in.ts';

const messageOf = (body: unknown): string => String((body as { message: string }).message);

/** A plugin that wraps the routes' own handlers. */
export const fastifyWay: WayIn = {
  name: 'Fastify',
  async listen(cutover: Cutover, route: ChatRoute) {
    const app = Fastify();
    app.setErrorHandler((error: Error, _request, reply) =>
      reply.code(500).type('text/plain').send(`error: ${error.message}`),
    );
    app.addHook('preHandler', (_request, _reply, done) => route.around(done));
    await app.register(fastifyCutover, { cutover });
    const config = {
      cutover: {
        name: 'chat',
        read: (request: { body: unknown }) => messageOf(request.body),
        identify: (message: string) => ({ tenant: 'acme', task: message }),
        candidate: route.candidate,
        ...(route.fallback && { fallback: route.fallback }),
        ...(route.view && { view: route.view }),
      },
    };
    app.post('/chat', { config }, async (request, reply) => {
      const { text, chunks, status = 200 } = await route.legacy(messageOf(request.body));
      reply.code(status).type('text/plain');
      return chunks === undefined ? text : Readable.from(chunks);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = await listening(app.server);
    return {
      port,
      server: app.server,
      close: async () => {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },
};
