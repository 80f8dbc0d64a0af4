import type { Readable } from 'node:stream';
import { attempt, disregard } from '../../core/attempt.ts';
import { abandonNodeStream } from './abandon-node-stream.ts';
import { type StreamKind, streamKindOf } from './stream-kind.ts';
import { tapStream } from './tap-stream.ts';

const nobody = {
  chunk: () => undefined,
  ended: () => undefined,
  failed: () => undefined,
  cut: () => undefined,
};

/** Cancels a reply that nobody will be given: an open stream would keep its connection. Never throws. */
export function abandonReply(reply: unknown): void {
  if (typeof reply !== 'object' || reply === null) return;
  const kind = streamKindOf(reply);
  if (kind === undefined) return;
  // Also one that is destroyed already: its error may be yet to come.
  if (kind === 'node') attempt(() => abandonNodeStream(reply as Readable));
  else {
    const tap = tapStream(reply, kind, nobody);
    if (tap !== undefined) tap.abandon();
    else disregard(attempt(() => bodyOf(reply, kind)?.cancel()));
  }
}

/** What can be cancelled of a reply that is not ours to tap: a `Response` of a class of its own has a body like any. */
function bodyOf(reply: object, kind: StreamKind): ReadableStream | null | undefined {
  if (kind === 'response') return (reply as Response).body;
  return kind === 'web' ? (reply as ReadableStream) : undefined;
}
