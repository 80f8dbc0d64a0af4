import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '../../bench/services.ts';

/** Answers every request that it is to be left alone for a minute, and closes the connection. */
export async function pausingService(): Promise<Service> {
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(429, {
      'content-type': 'application/json',
      'retry-after': '60',
      connection: 'close',
    });
    response.end(JSON.stringify({ error_code: 'RATE_LIMITED', detail: 'Too many requests.' }));
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
