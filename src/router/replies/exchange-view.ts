import type { ReplyView } from '../../core/subject.ts';
import { bodyView } from './body-view.ts';
import type { CapturedReply } from './captured-reply.ts';
import { type ReplyViewOptions, replyView } from './captured-view.ts';

/** Whether a reply is what was kept of one that came in pieces. */
export const isCaptured = (reply: unknown): reply is CapturedReply =>
  typeof reply === 'object' && reply !== null && 'chunks' in reply && 'truncated' in reply;

/** Reads a reply in the background: as it was delivered to a client, or as a mirrored leg returned it. */
export async function exchangeView(
  reply: unknown,
  view: ReplyViewOptions['view'],
): Promise<ReplyView | undefined> {
  if (isCaptured(reply)) return replyView(reply, { view });
  return (view ?? bodyView)(reply);
}
