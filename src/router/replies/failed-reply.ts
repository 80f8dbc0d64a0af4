import type { Captured } from './captured-reply.ts';
import { EventRecording } from './event-recording.ts';
import { tellsFailure } from './event-stream-text.ts';
import { toMediaType } from './media-type.ts';

/** Whether what was kept of a reply says that its leg has failed: by its status, or by an event of its stream. */
export function keptFailure(kept: Captured | EventRecording): boolean {
  if (kept instanceof EventRecording) return kept.hasFailed;
  if (kept.status >= 500) return true;
  const isEvents = toMediaType(kept.contentType)?.essence === 'text/event-stream';
  // What was compressed is read by those who want its text alone.
  if (!isEvents || kept.truncated || kept.contentEncoding !== undefined) return false;
  return tellsFailure(Buffer.concat(kept.chunks).toString());
}
