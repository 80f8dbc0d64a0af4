import { isThenable } from '../../core/call/observation.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import { bodyView } from './body-view.ts';
import { Captured } from './captured-reply.ts';
import { type MaybeLater, type ReplyViewOptions, replyView } from './captured-view.ts';
import { EventRecording } from './event-recording.ts';

/** Whether a reply is what was kept of one that came in pieces. */
export const isCaptured = (reply: unknown): reply is Captured | EventRecording =>
  reply instanceof EventRecording || reply instanceof Captured;

/** Reads a reply in the background: as it was delivered to a client, or as a mirrored leg returned it. */
export function exchangeView(
  reply: unknown,
  view: ReplyViewOptions['view'],
): ReplyView | undefined | Promise<ReplyView | undefined> {
  const seen = viewOf(reply, view);
  return isThenable(seen) ? Promise.resolve(seen) : seen;
}

function viewOf(reply: unknown, view: ReplyViewOptions['view']): MaybeLater {
  if (reply instanceof Captured) return replyView(reply, { view });
  if (!(reply instanceof EventRecording)) return (view ?? bodyView)(reply);
  if (view === undefined) return reply.view();
  const text = reply.text();
  return text === undefined ? undefined : view(text);
}
