import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Listens on a free port of the loopback. */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** Ends an app and whatever is still connected. */
export async function shut(app: FastifyInstance): Promise<void> {
  app.server.closeAllConnections();
  await app.close();
}
