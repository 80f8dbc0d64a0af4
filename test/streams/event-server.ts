import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine, for as long as a test needs it. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
}

/** Answers every request the same way. */
export async function localServer(
  answer: (req: IncomingMessage, res: ServerResponse) => unknown,
): Promise<LocalServer> {
  const server = createServer((req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes a chunk to a client, and waits until it has left. */
export const write = (res: ServerResponse, chunk: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => res.write(chunk, () => resolve()));

/** Sends server-sent events one by one; `open`: and leaves the response without an end. */
export async function sendEvents(
  res: ServerResponse,
  events: readonly (object | string)[],
  open = false,
): Promise<void> {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    const name = (event as { type?: string }).type;
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    await write(res, `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`);
  }
  if (!open) res.end();
}
