import net from 'node:net';

/** Sends bytes on a connection of its own and collects everything that comes back until it ends, in latin1. */
export function exchange(
  port: number,
  parts: readonly (string | Buffer)[],
  options: { hangUpAfter?: RegExp; acknowledgements?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    let acknowledgements = options.acknowledgements ?? 0;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (acknowledgements > 0 && isFlushed(received)) {
        acknowledgements -= 1;
        socket.write('.');
      }
      if (options.hangUpAfter?.test(received)) socket.destroy();
    });
    // A reset is one of the ways in which a reply may end.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(received));
    socket.on('connect', () => void sendParts(socket, parts));
  });
}

/** Whether what was flushed has arrived: whole chunks, and in gzip the mark of a flush. */
function isFlushed(received: string): boolean {
  const [head = '', body = ''] = received.split(/\r\n\r\n(.*)/s);
  if (!body.endsWith('\r\n')) return false;
  return !/content-encoding: gzip/i.test(head) || body.endsWith('\0\0\u00ff\u00ff\r\n');
}

/** Each part in a turn of its own, so that the server gets them in pieces. */
async function sendParts(socket: net.Socket, parts: readonly (string | Buffer)[]): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What two servers may differ in. */
export function normalized(reply: string): string {
  return reply.replace(/^Date: [^\r]+/gim, 'Date: -');
}
