import { abandonReply } from './abandon-reply.ts';
import { Captured, type ReplyBody } from './captured-reply.ts';
import { type PreparedReply, prepareReply, prepareWhole } from './prepare-reply.ts';
import { defaultMaxReplyBytes } from './reply-limit.ts';
import type { ReplySource } from './reply-source.ts';
import { unhurried } from './unhurried.ts';
import { unlessNothing } from './unless-nothing.ts';

type StreamReply = Extract<PreparedReply, { kind: 'stream' }>;

/** A run of a leg in the shadow. */
interface MirroredRun {
  readonly signal: AbortSignal;
  /** What a reply stands for that is a failure to the app: asked of a stream, while it can still tell. */
  failureOf?(reply: unknown): Error | undefined;
}

/** Reads a stream to its end, or until it is larger than the cap; then it is given up. */
async function readAll(
  first: string | Buffer,
  source: ReplySource,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReplyBody> {
  const chunks: Buffer[] = [];
  let room = maxBytes;
  const keep = (chunk: string | Buffer): void => {
    const bytes = Buffer.from(chunk as string);
    room -= bytes.byteLength;
    if (room >= 0 && bytes.byteLength > 0) chunks.push(bytes);
  };
  keep(first);
  if (room >= 0) {
    for await (const chunk of unhurried(source, signal)) {
      keep(chunk);
      if (room < 0) break;
    }
  }
  if (room >= 0) return { chunks, truncated: false };
  source.cancel();
  return { chunks: [], truncated: true };
}

async function captured(
  { head, first, source }: StreamReply,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Captured> {
  const contentType = head?.headers.find(([name]) => name === 'content-type')?.[1];
  const body =
    first === undefined || source === undefined
      ? { chunks: [], truncated: false }
      : await readAll(first, source, maxBytes, signal);
  return new Captured(
    {
      method: 'GET',
      status: head?.status ?? 200,
      contentType,
      contentEncoding: undefined,
      contentLength: undefined,
    },
    body,
  );
}

/**
 * What a leg of an adapter returned in the shadow, in the form in which a delivered reply is kept. A `Response` or a stream is
 * read as if it had been delivered, up to the cap; one that gives nothing is an empty text, and any other value is itself. Rejects
 * as serving it would. Plain handlers have `mirroredStream`.
 *
 * @param run - its signal gives the stream up; asked for where there is a stream, since most runs need none
 */
export async function mirroredReply(
  value: unknown,
  run: MirroredRun,
  maxBytes = defaultMaxReplyBytes,
): Promise<unknown> {
  if (prepareWhole(value) !== undefined) return value;
  const failure = run.failureOf?.(value);
  if (failure !== undefined) {
    abandonReply(value);
    throw failure;
  }
  const { signal } = run;
  const prepared = await prepareReply(value, { signal });
  if (prepared.kind !== 'stream') return value;
  const giveUp = (): void => prepared.source?.cancel();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return unlessNothing(await captured(prepared, maxBytes, signal));
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
