import type { Readable } from 'node:stream';

/** Destroys a stream that nobody listens to: what it fails with, now or later, must not end the process. */
export function abandonNodeStream(stream: Readable): void {
  stream.on('error', () => undefined);
  stream.destroy();
}
