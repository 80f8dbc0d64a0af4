import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How long one reply took, milliseconds. */
export interface Timing {
  /** To the first byte of the body. */
  readonly firstMs: number;
  readonly wholeMs: number;
}

const headEnd = Buffer.from('\r\n\r\n');
const chunksEnd = Buffer.from('0\r\n\r\n');

/** Bytes of the body that a head announces; undefined: it comes in chunks. */
function lengthOf(head: string): number | undefined {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`A user got: ${head.split('\r\n')[0]}`);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? undefined : Number(length);
}

/** A connection that is kept alive, with as little around the socket as a client can have. */
export class Connection implements Disposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
  }

  static async to(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends a request and reads its reply; one at a time. */
  ask(request: string): Promise<Timing> {
    const socket = this.#socket;
    let received: Buffer = Buffer.alloc(0);
    let bodyAt = -1;
    let length: number | undefined;
    let firstMs = Number.NaN;
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const isWhole = (): boolean => {
        if (bodyAt < 0) {
          const end = received.indexOf(headEnd);
          if (end < 0) return false;
          bodyAt = end + headEnd.length;
          length = lengthOf(received.toString('latin1', 0, end));
        }
        const size = received.length - bodyAt;
        if (Number.isNaN(firstMs) && size > 0) firstMs = performance.now() - startedAt;
        if (length !== undefined) return size >= length;
        return received.subarray(-chunksEnd.length).equals(chunksEnd);
      };
      const settle = (error?: Error): void => {
        socket.off('data', take).off('close', broken).off('error', settle);
        if (error === undefined) resolve({ firstMs, wholeMs: performance.now() - startedAt });
        else reject(error);
      };
      const broken = (): void => settle(new Error('The server has closed a connection.'));
      const take = (chunk: Buffer): void => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        try {
          if (isWhole()) settle();
        } catch (error) {
          settle(error as Error);
        }
      };
      socket.on('data', take).on('close', broken).on('error', settle);
      socket.write(request);
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
