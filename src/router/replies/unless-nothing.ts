import { Captured } from './captured-reply.ts';
import type { EventRecording } from './event-recording.ts';

/** What was kept of a mirrored reply. One without a byte is an empty text: nobody can have answered it another way. */
export function unlessNothing(kept: Captured | EventRecording): Captured | EventRecording | '' {
  if (!(kept instanceof Captured) || kept.truncated || kept.status >= 300) return kept;
  return kept.chunks.every(({ byteLength }) => byteLength === 0) ? '' : kept;
}
