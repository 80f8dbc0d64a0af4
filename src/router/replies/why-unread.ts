import { attempt } from '../../core/attempt.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import { bodyCallsTools, callsTools } from './calls-tools.ts';
import { Captured } from './captured-reply.ts';
import { eventReaders } from './event-readers.ts';
import type { EventRecording } from './event-recording.ts';
import { isCaptured } from './exchange-view.ts';
import { isJsonType, toMediaType } from './media-type.ts';
import { isLate } from './value-view.ts';

/** What is known of how a route reads its replies. */
interface Reading {
  /** Whether the app reads them by a `view` of its own. */
  readonly hasView: boolean;
  /** The app's rule for replies that are no stream. */
  readonly isFailure?: ((reply: unknown) => unknown) | undefined;
}

const sentences = {
  large: 'The reply is longer than `maxReplyBytes`, so that it was not kept: give the route more.',
  view: "The route's `view` gave no text of the reply: have it return { text }.",
  late: 'The reply is what streamText() or its like gives: return its textStream or its toUIMessageStreamResponse(), and it is read.',
  shape:
    'No text was found in the reply: it says nothing, or in no shape that is known. Give the route a `view` that returns { text }.',
  // No `view` mends it: of a stream of objects it gets the text.
  events: 'No text was found in the objects that the reply streams: answer with a stream of text.',
  head: 'The reply is one to HEAD: there is nothing to learn.',
  bodiless: 'The reply has no body: there is nothing to learn.',
  torn: 'The reply was not sent whole: it is not learned.',
  empty: 'The reply is an empty text: there is nothing to learn.',
  nothing: 'The reply is nothing: there is nothing to learn.',
} as const;

/**
 * Why a reply has no text that can be learned, and what mends it where anything does: a sentence that holds nothing of the
 * reply. Undefined where nothing is amiss: it is a failure and says so, or calls tools and says nothing yet.
 *
 * @param seen - what reading it gave
 */
export function whyUnread(
  reply: unknown,
  seen: ReplyView | undefined,
  reading: Reading,
): string | undefined {
  if (Array.isArray(seen?.toolCalls) && seen.toolCalls.length > 0) return undefined;
  return attempt(() => isCaptured(reply)) === true
    ? whyNotKept(reply as Captured | EventRecording, reading)
    : whyNotValue(reply, reading);
}

const whyNotKept = (kept: Captured | EventRecording, reading: Reading): string | undefined =>
  kept instanceof Captured ? whyNotBody(kept, reading) : whyNotEvents(kept);

function whyNotBody(kept: Captured, { hasView }: Reading): string | undefined {
  const { status, method, chunks, truncated, contentLength } = kept;
  if (status >= 500) return undefined;
  if (method === 'HEAD') return sentences.head;
  if (status >= 300 || status === 204 || status === 205 || status === 206) {
    return `The reply has status ${status}: it is not learned.`;
  }
  if (truncated) return sentences.large;
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength < (contentLength ?? 0)) return sentences.torn;
  if (bytes.byteLength === 0) return sentences.bodiless;
  const essence = toMediaType(kept.contentType)?.essence ?? '';
  // Whatever a header says of compression: it may have come later, and what is compressed tells nothing here.
  const body = bytes.toString();
  if (attempt(() => eventReaders.get(essence)?.(body)?.hasFailed) === true) return undefined;
  if (!hasView && !isRead(essence)) return unknownType(essence);
  if (bodyCallsTools(body)) return undefined;
  return hasView ? sentences.view : sentences.shape;
}

function whyNotEvents(kept: EventRecording): string | undefined {
  if (kept.hasFailed) return undefined;
  if (kept.isFull) return sentences.large;
  return kept.callsTools ? undefined : sentences.events;
}

function whyNotValue(reply: unknown, { hasView, isFailure }: Reading): string | undefined {
  if (isFailure !== undefined && attempt(() => isFailure(reply)) === true) return undefined;
  // Nothing else is asked of it: each of its fields begins to read it.
  if (attempt(() => isLate(Object(reply))) === true) return sentences.late;
  if (attempt(() => callsTools(reply)) === true) return undefined;
  if (hasView) return sentences.view;
  if (reply === '') return sentences.empty;
  return reply === undefined || reply === null ? sentences.nothing : sentences.shape;
}

const isRead = (essence: string): boolean =>
  isJsonType(essence) || eventReaders.has(essence) || essence.startsWith('text/');

/** A header of the app may hold anything: named is what is a type. */
function unknownType(essence: string): string {
  const isType = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(essence);
  const of = isType ? `of type ${essence}, which` : 'of a type that';
  return `The reply is ${of} is not read: give the route a \`view\` that returns { text }.`;
}
