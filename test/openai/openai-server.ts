import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { AssistantsService, type Served } from './assistants-service.ts';
import { ResponsesService } from './responses-service.ts';

/** A request that the server has got. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

interface Fault {
  readonly where: RegExp;
  /** `'hang'`: it gets no answer. */
  readonly answer: Served | 'hang';
  times: number;
}

/** Both protocols on a port of the loopback interface. */
export class OpenAIServer implements AsyncDisposable {
  readonly assistants = new AssistantsService();
  readonly responses = new ResponsesService();
  readonly got: Got[] = [];
  readonly #arrivals = new EventEmitter();
  readonly #faults: Fault[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<OpenAIServer> {
    const server = new OpenAIServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** The real client, on this server. */
  client(maxRetries = 0): OpenAI {
    const { port } = this.#server.address() as AddressInfo;
    return new OpenAI({ apiKey: 'sk-canary', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries });
  }

  /** Answers requests whose method and path match in another way. */
  fail(where: RegExp, answer: Served | 'hang', times = Number.POSITIVE_INFINITY): void {
    this.#faults.push({ where, answer, times });
  }

  /** The requests so far, as method and path. */
  get lines(): string[] {
    return this.got.map(({ method, path }) => `${method} ${path}`);
  }

  /** The last request with such a method and path. */
  last(where: RegExp): Got {
    const found = this.got.findLast(({ method, path }) => where.test(`${method} ${path}`));
    if (found === undefined) throw new Error(`No request matches ${where}: ${this.lines}`);
    return found;
  }

  /** Waits until so many requests match; those of before count. */
  async until(where: RegExp, times = 1): Promise<void> {
    while (this.lines.filter((line) => where.test(line)).length < times) {
      await once(this.#arrivals, 'request');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const sent = Buffer.concat(chunks).toString();
    const { method = 'GET', headers } = request;
    const path = url.pathname.replace(/^\/v1/, '');
    const query = Object.fromEntries(url.searchParams);
    const got = { method, path, query, headers, body: sent === '' ? {} : JSON.parse(sent) };
    const answer = this.#answer(got);
    this.got.push(got);
    this.#arrivals.emit('request');
    if (answer === 'hang') return;
    const type = { 'content-type': 'application/json' };
    response.writeHead(answer.status, { ...type, ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  #answer({ method, path, query, body }: Got): Served | 'hang' {
    const fault = this.#faults.find((one) => one.times > 0 && one.where.test(`${method} ${path}`));
    if (fault !== undefined) {
      fault.times -= 1;
      return fault.answer;
    }
    const served =
      this.assistants.answer(method, path, { ...query, ...body }) ??
      this.responses.answer(path, body);
    const message = `Invalid URL (${method} /v1${path})`;
    return served ?? { status: 404, body: { error: { message, type: 'invalid_request_error' } } };
  }
}
