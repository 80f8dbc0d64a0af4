import { EventText } from './event-text.ts';

const twoLines = /^\{.*\}\n\{/;

/** Lines after which text that has held no event of a known format is no stream of events: to read it all takes long. */
const mostUnknown = 16;

/**
 * Reads lines of JSON, one an event, as `toReadableStream()` of the `openai` client gives them. Undefined for any other text, as
 * an answer is that consists of lines of JSON itself.
 */
export function jsonLinesText(body: string): EventText | undefined {
  if (!twoLines.test(body)) return undefined;
  const events = new EventText();
  let unknown = 0;
  try {
    for (const line of body.split('\n')) {
      if (line === '') continue;
      events.add(JSON.parse(line));
      if (!events.isKnown) unknown += 1;
      if (unknown === mostUnknown) return undefined;
    }
  } catch {
    // A line that was cut off, of an answer that has begun.
    return events.hasFailed ? events : undefined;
  }
  return events.isKnown ? events : undefined;
}
