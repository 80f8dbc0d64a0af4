import { looksLikeJson } from '../../core/text/parsed-json.ts';
import { EventText } from './event-text.ts';

interface SentEvent {
  readonly name: string | undefined;
  readonly data: string;
}

const fieldValue = (line: string, at: number): string => line.slice(line[at] === ' ' ? at + 1 : at);

const lineEnd = /\r\n|\n|\r/;

/** Line by line, as the standard has it; one at the end that no empty line follows counts too. */
function eventsOf(body: string): SentEvent[] {
  const events: SentEvent[] = [];
  let name: string | undefined;
  let data: string | undefined;
  const end = (): void => {
    if (data !== undefined) events.push({ name, data });
    name = undefined;
    data = undefined;
  };
  // Nearly all have no CR, and a text is split far faster by a text.
  for (const line of body.split(body.includes('\r') ? lineEnd : '\n')) {
    if (line === '') end();
    else if (line.startsWith('event:')) name = fieldValue(line, 'event:'.length);
    else if (line === 'data' || line.startsWith('data:')) {
      const value = fieldValue(line, 'data:'.length);
      data = data === undefined ? value : `${data}\n${value}`;
    }
  }
  end();
  return events;
}

/** What Hono, NestJS and oRPC, and tRPC, call an event whose data is the message of what has failed. */
const failures: ReadonlySet<string | undefined> = new Set(['error', 'serialized-error']);

/** OpenAI's mark of a stream's end, and of those who have taken it over. */
const endMark = '[DONE]';

function parsed(data: string): unknown {
  if (data === endMark || !looksLikeJson(data)) return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/**
 * Reads the events of an event stream: the deltas of OpenAI's and the AI SDK's formats, else the text of JSON data of a
 * common shape, else the data itself.
 */
export function readEventStream(body: string): EventText {
  const events = new EventText();
  const sent = eventsOf(body).map((event) => ({ ...event, value: parsed(event.data) }));
  const isText = sent.some(
    ({ name, data, value }) => value === undefined && data !== endMark && !failures.has(name),
  );
  for (const { name, data, value } of sent) {
    if (data === endMark) events.end();
    else if (failures.has(name)) events.add({ type: 'error' });
    else events.add(value, data, isText);
  }
  return events;
}
