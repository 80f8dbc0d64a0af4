import { Readable } from 'node:stream';
import { isError } from '../../../core/is-error.ts';
import type { ReplySource } from '../../replies/reply-source.ts';

const asError = (error: unknown): Error =>
  isError(error) ? error : new Error('A reply stream failed.', { cause: error });

/** Makes a Node stream of a source whose first chunk has been read. Who destroys it cancels the source. */
export function toReadable(first: string | Buffer | undefined, source: ReplySource): Readable {
  let next: () => Promise<string | Buffer | undefined> = async () => first;
  const pull = async (): Promise<string | Buffer | undefined> => {
    const chunk = await next();
    next = () => source.next();
    // An empty chunk is none to Node: it would wait for one that nobody asks for.
    return chunk?.length === 0 ? pull() : chunk;
  };
  return new Readable({
    // One chunk at a time: what the client has not taken is not asked for.
    highWaterMark: 1,
    read() {
      pull().then(
        (chunk) => this.push(chunk ?? null),
        (error) => this.destroy(asError(error)),
      );
    },
    destroy(error, done) {
      source.cancel();
      done(error);
    },
  });
}
