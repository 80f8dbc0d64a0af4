import type { ReplyView } from '../../../core/subject.ts';
import { viewByDefault } from '../../reply-view.ts';
import type { CapturedReply } from './captured-reply.ts';
import { jsonText } from './json-text.ts';
import { isJsonType, toMediaType } from './media-type.ts';
import { toReplySource } from './reply-source.ts';
import { replyView } from './reply-view.ts';

type View =
  | ((body: unknown) => ReplyView | undefined | PromiseLike<ReplyView | undefined>)
  | undefined;
type Viewed = ReplyView | undefined | Promise<ReplyView | undefined>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isCaptured = (reply: object): reply is CapturedReply =>
  'chunks' in reply && 'truncated' in reply;

const isResponse = (value: object): value is Response =>
  Object.prototype.toString.call(value) === '[object Response]';

/** Reads a reply in the background: as it was delivered to a client, or as a mirrored leg returned it. */
export async function viewOf(reply: unknown, view: View): Promise<ReplyView | undefined> {
  if (!isObject(reply)) return viewOfBody(reply, view);
  if (isCaptured(reply)) return replyView(reply, { view });
  if (isResponse(reply)) return viewOfResponse(reply, view);
  const source = toReplySource(reply);
  if (source === undefined) return viewOfBody(reply, view);
  // A mirror's stream that nobody reads would keep its connection.
  source.cancel();
  return undefined;
}

async function viewOfResponse(reply: Response, view: View): Promise<ReplyView | undefined> {
  const text = await reply.text();
  const type = toMediaType(reply.headers.get('content-type') ?? undefined);
  return viewOfBody(isJsonType(type?.essence ?? '') ? JSON.parse(text) : text, view);
}

function viewOfBody(body: unknown, view: View): Viewed {
  if (view !== undefined) return view(body) as Viewed;
  const text = jsonText(body);
  return viewByDefault(body) ?? (text === undefined ? undefined : { text });
}
