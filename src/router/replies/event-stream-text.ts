import { EventText } from './event-text.ts';

function dataOf(body: string): string[] {
  return body.split(/\r\n\r\n|\n\n|\r\r/).flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/).filter((line) => /^data(:|$)/.test(line));
    return lines.length === 0
      ? []
      : [lines.map((line) => line.replace(/^data:? ?/, '')).join('\n')];
  });
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function read(body: string): EventText {
  const events = new EventText();
  for (const data of dataOf(body)) {
    if (data !== '[DONE]') events.add(parsed(data), data);
  }
  return events;
}

/**
 * Joins the text of an event stream: the deltas of OpenAI's and the AI SDK's formats, else the text of JSON data of a
 * common shape, else the data itself. Undefined when the stream tells of its own failure, or holds no text.
 */
export const eventStreamText = (body: string): string | undefined => read(body).text;

/** Whether an event stream tells of its own failure. */
export const tellsFailure = (body: string): boolean => read(body).hasFailed;
