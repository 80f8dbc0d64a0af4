import { EventText } from './event-text.ts';

const twoLines = /^\{.*\}\n\{/;

/**
 * Reads lines of JSON, one an event, as `toReadableStream()` of the `openai` client gives them. Undefined for any other text, as
 * an answer is that consists of lines of JSON itself.
 */
export function jsonLinesText(body: string): EventText | undefined {
  if (!twoLines.test(body)) return undefined;
  const events = new EventText();
  try {
    for (const line of body.split('\n')) if (line !== '') events.add(JSON.parse(line));
  } catch {
    return undefined;
  }
  return events.isKnown ? events : undefined;
}
