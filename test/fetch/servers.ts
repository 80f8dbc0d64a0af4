import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createRequestListener } from '@remix-run/node-fetch-server';
import { Hono, type MiddlewareHandler } from 'hono';

/** What an app answers a request with, on any of the servers. */
export type FetchApp = (request: Request) => Response | Promise<Response>;

/** A server that is listening. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  readonly url: string;
}

async function listening(server: Server): Promise<Listening> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    url: `http://127.0.0.1:${port}/chat`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A route of a Hono app, on Hono's own server for Node. */
function listenWithHono(
  app: FetchApp,
  middleware: MiddlewareHandler = (_c, next) => next(),
): Promise<Listening> {
  const hono = new Hono();
  hono.onError((error) => new Response(`error: ${error.message}`, { status: 500 }));
  hono.all('/chat', middleware, (c) => app(c.req.raw));
  return listening(serve({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
}

/** The handler alone, behind a bridge from `node:http`. */
function listenWithBridge(app: FetchApp): Promise<Listening> {
  const onError = (error: unknown): Response =>
    new Response(`error: ${(error as Error).message}`, { status: 500 });
  const server = createServer(createRequestListener((request) => app(request), { onError }));
  return listening(server.listen(0, '127.0.0.1'));
}

/** The servers that a fetch handler is tested on. */
export const fetchServers = { Hono: listenWithHono, 'node:http': listenWithBridge } as const;
export type FetchServer = keyof typeof fetchServers;
export const fetchServerNames = Object.keys(fetchServers) as FetchServer[];
