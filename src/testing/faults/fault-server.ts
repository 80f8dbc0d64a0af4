import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { bodies } from './answer-body.ts';
import type { Fault } from './fault.ts';
import { faultPlans } from './fault-plan.ts';
import {
  type FaultServerOptions,
  type FaultServerSettings,
  refuseFault,
  toFaultServerSettings,
} from './fault-server-options.ts';
import { selfSigned } from './self-signed.ts';

/** A server that misbehaves on a port of 127.0.0.1. */
export interface FaultServer extends AsyncDisposable {
  /** Its address without a slash at the end; https while the fault is one of TLS. The port never changes. */
  readonly url: string;
  /** What is wrong now. */
  readonly fault: Fault;
  /** Requests that were read to their end. */
  readonly requests: number;
  /** Those whose work was done, whatever became of the answer. */
  readonly stored: number;
  /** Connections that were ever opened. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /**
   * Changes the fault for new requests; idle connections are closed, and answers that are under way go on as they began.
   *
   * @throws InvalidOptionsError for a fault that there is not
   */
  set(fault: Fault): Promise<void>;
  /** Breaks every connection and stops listening. Never waits for a client. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a server on loopback that refuses, hangs, resets, drips, redirects or answers nonsense, as `fault` says.
 *
 * @throws InvalidOptionsError with every value that cannot be used
 * @example
 * await using server = await faultServer({ fault: 'reset-mid-body' });
 * const client = createEngramiaClient({ baseUrl: server.url, apiKey: 'key', timeoutMs: 200 });
 */
export async function faultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = new Faulty(toFaultServerSettings(options));
  await server.start();
  return server;
}

const host = '127.0.0.1';

const plainText = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

class Faulty implements FaultServer {
  fault: Fault;
  requests = 0;
  stored = 0;
  connections = 0;
  readonly #settings: FaultServerSettings;
  readonly #front: Server;
  readonly #plain: Server;
  #secure: Server | undefined;
  #port = 0;
  #closing: Promise<void> | undefined;
  readonly #sockets = new Set<Socket>();
  /** Ports of the clients that are being answered: over TLS a request's socket is not the connection's. */
  readonly #answering = new Set<number | undefined>();

  constructor(settings: FaultServerSettings) {
    this.#settings = settings;
    this.fault = settings.fault;
    this.#front = createServer((socket) => this.#greet(socket));
    this.#plain = createHttpServer((request, response) => this.#take(request, response));
  }

  get url(): string {
    return `${faultPlans[this.fault].tls ? 'https' : 'http'}://${host}:${this.#port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    await this.#listen();
    await this.set(this.fault);
  }

  async set(fault: Fault): Promise<void> {
    refuseFault(fault);
    if (this.#closing !== undefined) return;
    this.fault = fault;
    const refuses = faultPlans[fault].at === 'port';
    for (const socket of this.#sockets) {
      if (refuses || !this.#answering.has(socket.remotePort)) socket.destroy();
    }
    if (refuses) this.#front.close();
    else if (!this.#front.listening) await this.#listen();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(): Promise<void> {
    this.#front.listen(this.#port, host);
    await once(this.#front, 'listening');
    this.#port = (this.#front.address() as AddressInfo).port;
  }

  async #end(): Promise<void> {
    const closed = this.#front.listening ? once(this.#front, 'close') : undefined;
    this.#front.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }

  #greet(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined); // whoever hangs up is not of interest here
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.fault === 'tls-plain-text') socket.once('data', () => socket.end(plainText));
    else (faultPlans[this.fault].tls ? this.#overTls() : this.#plain).emit('connection', socket);
  }

  #overTls(): Server {
    this.#secure ??= createHttpsServer(selfSigned(), (request, response) =>
      this.#take(request, response),
    );
    return this.#secure;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { remotePort } = request.socket;
    this.#answering.add(remotePort);
    response.once('close', () => this.#answering.delete(remotePort));
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    request.resume().once('end', () => this.#answer(request, response));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, headers, stores, body } = faultPlans[this.fault];
    this.requests += 1;
    if (stores) this.stored += 1;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (status === 307) response.setHeader('location', this.#elsewhere(request));
    bodies[body](response, this.#settings);
  }

  #elsewhere({ url = '/' }: IncomingMessage): string {
    const { redirectTo } = this.#settings;
    const scheme = this.fault === 'redirect-insecure' ? 'http:' : redirectTo.protocol;
    return `${scheme}//${redirectTo.host}${url}`;
  }
}
