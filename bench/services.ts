import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A service on the loopback interface. */
export interface Service extends AsyncDisposable {
  readonly url: string;
  /** Connections that were ever opened to it. */
  readonly connections: number;
}

async function listening(server: Server): Promise<Service> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined); // whoever hangs up is not of interest here
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Takes every connection and every request, and never says a word. */
export function hangingService(): Promise<Service> {
  return listening(createServer((socket) => socket.resume()));
}

/** Has learned everything, at once. */
export function healthyService(): Promise<Service> {
  const body = JSON.stringify({ stored: true, pattern_count: 1 });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  return listening(
    createHttpServer((request, response) => {
      request.resume();
      response.writeHead(200, headers).end(body);
    }),
  );
}
