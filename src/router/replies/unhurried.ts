import { nextTurn } from '../../core/pieces.ts';
import type { ReplySource } from './reply-source.ts';

/** Chunks from one turn of the event loop to the next: a stream that never waits must not hold up the process. */
const chunksPerTurn = 64;

/** The rest of a stream that is read in the shadow, up to its end or until the signal aborts; then it throws the reason. */
export async function* unhurried<Chunk>(
  source: ReplySource<Chunk>,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void, undefined> {
  for (let count = 1; ; count += 1) {
    const chunk = await source.next();
    if (chunk === undefined) return;
    // One that does not let itself be cancelled gives chunks all the same.
    signal.throwIfAborted();
    yield chunk;
    if (count % chunksPerTurn === 0) await nextTurn();
  }
}
