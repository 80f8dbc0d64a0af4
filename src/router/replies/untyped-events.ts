import { dataStreamText } from './data-stream-text.ts';
import { readEventStream } from './event-stream-text.ts';
import type { EventText } from './event-text.ts';
import { jsonLinesText } from './json-lines-text.ts';

/** How an event stream begins that nobody declared to be one. */
// Each line must match in one way only. If its CR could belong to it or not, 40 lines without an end would take hours.
const eventStream =
  /^(?:(?:event|id|retry)?:[^\r\n]*\r?\n)*data:[^\r\n]*\r?\n(?:[^\r\n]*\r?\n)*?\r?\n/;

/** Reads the events in text of which nobody said what it is. Undefined where it consists of none. */
export function untypedEvents(body: string): EventText | undefined {
  if (eventStream.test(body)) return readEventStream(body);
  return jsonLinesText(body) ?? dataStreamText(body);
}
