import { dataStreamText } from './data-stream-text.ts';
import { readEventStream } from './event-stream-text.ts';
import type { EventText } from './event-text.ts';
import { jsonLinesText } from './json-lines-text.ts';
import { untypedEvents } from './untyped-events.ts';

/** Reads the events in a reply. Undefined where it consists of none. */
export type EventReader = (body: string) => EventText | undefined;

/** How the events in a reply are read, by its media type; the empty one where nobody has said it. */
export const eventReaders: ReadonlyMap<string, EventReader> = new Map([
  ['text/event-stream', readEventStream],
  // The examples of the `openai` client send the lines of its `toReadableStream()` as plain text.
  ['text/plain', (body) => jsonLinesText(body) ?? dataStreamText(body)],
  ['', untypedEvents],
]);
