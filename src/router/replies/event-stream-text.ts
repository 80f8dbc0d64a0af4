import { EventText } from './event-text.ts';

interface SentEvent {
  readonly name: string | undefined;
  readonly data: string;
}

function eventsOf(body: string): SentEvent[] {
  return body.split(/\r\n\r\n|\n\n|\r\r/).flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/);
    const data = lines.filter((line) => /^data(:|$)/.test(line));
    if (data.length === 0) return [];
    const name = lines.findLast((line) => line.startsWith('event:'))?.replace(/^event: ?/, '');
    return [{ name, data: data.map((line) => line.replace(/^data:? ?/, '')).join('\n') }];
  });
}

/** What Hono, NestJS and oRPC, and tRPC, call an event whose data is the message of what has failed. */
const failures: ReadonlySet<string | undefined> = new Set(['error', 'serialized-error']);

function parsed(data: string): unknown {
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
  const sent = eventsOf(body)
    .filter(({ data }) => data !== '[DONE]')
    .map((event) => ({ ...event, value: parsed(event.data) }));
  const isText = sent.some(({ name, value }) => value === undefined && !failures.has(name));
  for (const { name, data, value } of sent) {
    if (failures.has(name)) events.add({ type: 'error' });
    else events.add(value, data, isText);
  }
  return events;
}
