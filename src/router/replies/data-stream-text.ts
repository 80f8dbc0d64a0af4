import { EventText } from './event-text.ts';

/** How a line of a data stream of the AI SDK begins: with what it is, by a sign, and JSON of the kind that it has. */
const line = /^(?:[03g]:"|[28]:\[|[14-79a-fh-k]:\{)/;

/**
 * Reads the data stream that the AI SDK sent up to its version 4, as plain text. Undefined for any other text.
 */
export function dataStreamText(body: string): EventText | undefined {
  if (!line.test(body)) return undefined;
  const events = new EventText();
  try {
    for (const one of body.split('\n')) {
      if (one === '') continue;
      if (!line.test(one)) return undefined;
      const value: unknown = JSON.parse(one.slice(2));
      const sign = one[0];
      if (sign === '0') events.add({ type: 'text-delta', delta: value });
      else if (sign === '3') events.add({ type: 'error' });
      else if (sign === '9') events.add({ ...(value as object), type: 'tool-call' });
    }
  } catch {
    return undefined;
  }
  return events;
}
