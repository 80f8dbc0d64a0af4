import type { ReplyView } from '../../core/subject.ts';
import { bodyView } from './body-view.ts';
import type { CapturedReply } from './captured-reply.ts';
import { type ReplyViewOptions, replyView } from './captured-view.ts';
import { EventRecording } from './event-recording.ts';

const isBytes = (reply: unknown): reply is CapturedReply =>
  typeof reply === 'object' && reply !== null && 'chunks' in reply && 'truncated' in reply;

/** Whether a reply is what was kept of one that came in pieces. */
export const isCaptured = (reply: unknown): reply is CapturedReply | EventRecording =>
  reply instanceof EventRecording || isBytes(reply);

/** Reads a reply in the background: as it was delivered to a client, or as a mirrored leg returned it. */
export async function exchangeView(
  reply: unknown,
  view: ReplyViewOptions['view'],
): Promise<ReplyView | undefined> {
  if (isBytes(reply)) return replyView(reply, { view });
  if (!(reply instanceof EventRecording)) return (view ?? bodyView)(reply);
  const text = reply.text();
  return text === undefined ? undefined : (view ?? bodyView)(text);
}
