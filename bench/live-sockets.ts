import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Counts the sockets that this process opens as a client to one address. */
export class LiveSockets implements Disposable {
  /** Open now, or being opened. */
  now = 0;
  /** The most at one time. */
  most = 0;
  readonly #port: number;
  readonly #seen = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('connect', () => {
      if (socket.remotePort === this.#port) this.#follow(socket);
    });
  };

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
    subscribe('net.client.socket', this.#seen);
  }

  #follow(socket: Socket): void {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    socket.once('close', () => {
      this.now -= 1;
    });
  }

  [Symbol.dispose](): void {
    unsubscribe('net.client.socket', this.#seen);
  }
}
