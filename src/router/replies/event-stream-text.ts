import { looksLikeJson } from '../../core/text/parsed-json.ts';
import { EventText } from './event-text.ts';
import { eventsOf, isNamedFailure } from './server-sent-events.ts';

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
    (event) => event.value === undefined && event.data !== endMark && !isNamedFailure(event),
  );
  for (const event of sent) {
    if (event.data === endMark) events.end();
    else if (isNamedFailure(event)) events.add({ type: 'error' });
    else events.add(event.value, event.data, isText);
  }
  return events;
}
