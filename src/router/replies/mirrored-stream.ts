import { type ReplySource, toSource } from './reply-source.ts';
import { headOf } from './response-head.ts';
import { streamKindOf } from './stream-kind.ts';
import { type StreamHead, StreamRecording } from './stream-recording.ts';
import { unhurried } from './unhurried.ts';
import { unlessNothing } from './unless-nothing.ts';

/** A box: the end of a stream is undefined, and so may a chunk be. */
interface Chunk {
  readonly value: unknown;
}

function sourceOf(value: object): { source: ReplySource<Chunk>; head?: StreamHead } | undefined {
  const kind = streamKindOf(value);
  if (kind === undefined) return undefined;
  const response = kind === 'response' ? (value as Response) : undefined;
  const stream = response === undefined ? value : response.body;
  const source = stream === null ? undefined : toSource(stream, (chunk) => ({ value: chunk }));
  if (source === undefined) return undefined;
  return response === undefined ? { source } : { source, head: headOf(response) };
}

/**
 * What a leg of a plain handler returned in the shadow, in the form in which a served reply is kept. A stream or a `Response` is
 * read to its end or up to the cap; one that gives nothing is an empty text, and any other value is itself. Rejects with what the
 * stream fails with. Adapters have `mirroredReply`.
 *
 * @param signal - gives the stream up
 */
export async function mirroredStream(
  value: unknown,
  signal: () => AbortSignal,
  maxBytes: number,
): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  const read = sourceOf(value);
  if (read === undefined) return value;
  const { source, head } = read;
  const recording = new StreamRecording(maxBytes, head);
  const over = signal();
  const giveUp = (): void => source.cancel();
  over.addEventListener('abort', giveUp, { once: true });
  if (over.aborted) giveUp();
  try {
    for await (const chunk of unhurried(source, over)) {
      recording.keep(chunk.value);
      if (recording.isFull) {
        source.cancel();
        break;
      }
    }
    return unlessNothing(recording.captured());
  } finally {
    over.removeEventListener('abort', giveUp);
  }
}
