import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Listening } from './way-in.ts';

/** A server, once it listens. */
export async function listening(server: Server): Promise<Listening> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
