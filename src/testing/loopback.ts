import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from './emulator.ts';
import { maxBodyBytes } from './engine/json-body.ts';
import type { EngineRequest } from './engine/message.ts';
import { addressOf } from './fetch-request.ts';

/** The emulator on a port of the loopback interface. */
export class Loopback {
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.#port}`;
  }

  /** Starts on a free port. */
  static async start(emulator: Emulator): Promise<Loopback> {
    // The service drops idle connections after five seconds.
    const server = createServer({ keepAliveTimeout: 5000 }, (request, response) => {
      serve(emulator, request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Loopback(server);
  }

  /** Refuses connections and breaks those there are. */
  pause(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Listens again, on the same port. */
  async resume(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Ends every connection, also those that wait for an answer. */
  async close(): Promise<void> {
    const listening = this.#server.listening;
    const closed = once(this.#server, 'close');
    this.pause();
    if (listening) await closed;
  }
}

async function serve(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const delivery = await emulator.deliver(await toEngineRequest(request));
  if (delivery.kind === 'unanswered') return;
  if (delivery.kind !== 'answered') {
    request.socket.resetAndDestroy();
    return;
  }
  const { status, headers, body } = delivery.response;
  // Spelled out, else Node adds a Keep-Alive header that the service does not send.
  if (response.shouldKeepAlive) response.setHeader('connection', 'keep-alive');
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

async function toEngineRequest(request: IncomingMessage): Promise<EngineRequest> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
  // Split by hand: a target such as `//` or `*` is no URL.
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark)),
    headers,
    body: await readBody(request),
    chunked: request.headers['transfer-encoding'] !== undefined,
    address: addressOf(headers) ?? request.socket.remoteAddress ?? '127.0.0.1',
    origin,
  };
}

/** Reads all, keeps one byte more than is allowed: enough to know that it is too much. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    const room = maxBodyBytes + 1 - kept;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    kept += Math.min(chunk.length, Math.max(0, room));
  }
  return Buffer.concat(chunks);
}
