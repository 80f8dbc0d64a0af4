import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: unknown;
}

/** What is answered: a status with a body, or anything by hand. */
export interface Answer {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
  byHand?: (response: ServerResponse, request: IncomingMessage) => void;
}

async function read(request: IncomingMessage): Promise<Seen> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  const url = new URL(request.url ?? '/', 'http://service');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function send(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  const { status = 200, json = {}, text, headers, byHand } = answer;
  if (byHand !== undefined) {
    byHand(response, request);
    return;
  }
  const type = text === undefined ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text ?? JSON.stringify(json));
}

/** A server on this machine that remembers every request; it ends with the test. */
export async function loopbackService(answer: Answer | ((seen: Seen) => Answer) = {}) {
  const requests: Seen[] = [];
  const server = createServer(async (request, response) => {
    const seen = await read(request).catch(() => undefined);
    if (seen === undefined) return;
    requests.push(seen);
    send(typeof answer === 'function' ? answer(seen) : answer, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, server };
}
