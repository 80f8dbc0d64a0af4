import { attempt } from '../../core/attempt.ts';
import { streamKindOf } from './stream-kind.ts';
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
  if (kind !== undefined) attempt(() => tapStream(reply, kind, nobody)?.abandon());
}
