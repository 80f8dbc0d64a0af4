import { attempt } from '../core/attempt.ts';
import type { Turn } from '../core/call/subject.ts';
import type { DeliveredExchange } from '../core/contracts/conversations.ts';

type Ids = Pick<DeliveredExchange, 'conversation' | 'requestId'>;

/** What an exchange takes besides its texts. */
const fixedBytes = 1024;

/** What a reply is charged that has not been read. */
const unreadBytes = 4096;

/** What the names of an exchange take: a client may choose them. */
export const bytesOfIds = ({ conversation, requestId }: Ids): number =>
  2 * (conversation.length + requestId.length);

/** What the turns of an exchange take. */
export const bytesOf = (turns: readonly Turn[]): number =>
  turns.reduce((bytes, { text }) => bytes + 2 * text.length, fixedBytes);

/** What an exchange that was not read takes. Looks at lengths only: what is in an object belongs to the caller until it is read. */
export function bytesHeld({ subject, reply }: DeliveredExchange): number {
  return fixedBytes + lengthOf(attempt(() => subject.task)) + lengthOf(reply);
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  const bytes = attempt(() => (value as { byteLength?: unknown } | null | undefined)?.byteLength);
  return typeof bytes === 'number' ? bytes : unreadBytes;
}
