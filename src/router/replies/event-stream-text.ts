import { jsonText } from './json-text.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

interface Protocol {
  readonly speaks: (event: Fields) => boolean;
  readonly text: (event: Fields) => string;
}

const typed = (pattern: RegExp, event: Fields): boolean => pattern.test(text(event.type));

// How each wire format carries its text. The first that speaks an event reads it.
const protocols: readonly Protocol[] = [
  {
    // OpenAI chat completions, and the older completions
    speaks: (event) => Array.isArray(event.choices),
    text: (event) => {
      const choice = fields((event.choices as readonly unknown[])[0]);
      return text(fields(choice.delta).content) || text(choice.text);
    },
  },
  {
    // OpenAI Responses: the closing events repeat the whole text
    speaks: (event) => typed(/^response\./, event),
    text: (event) => (event.type === 'response.output_text.delta' ? text(event.delta) : ''),
  },
  {
    // The AI SDK's message stream
    speaks: (event) =>
      typed(/^((start|finish)(-step)?|abort|(text|reasoning|tool|source|data)-.+)$/, event),
    text: (event) =>
      event.type === 'text-delta' ? text(event.delta) || text(event.textDelta) : '',
  },
  {
    // Assistants and what is compatible with them
    speaks: (event) => /^thread\./.test(text(event.object)),
    text: (event) => {
      const content = fields(event.delta).content;
      if (!Array.isArray(content)) return '';
      return content.map((part) => text(fields(fields(part).text).value)).join('');
    },
  },
];

const failed = (event: Fields): boolean =>
  typed(/^(error|response\.failed)$/, event) || (event.error ?? undefined) !== undefined;

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

/**
 * Joins the text of an event stream: the deltas of OpenAI's and the AI SDK's formats, else the text of JSON data of a
 * common shape, else the data itself. Undefined when the stream tells of its own failure, or holds no text.
 */
export function eventStreamText(body: string): string | undefined {
  let deltas = '';
  let plain = '';
  for (const data of dataOf(body)) {
    if (data === '[DONE]') continue;
    const value = parsed(data);
    const event = fields(value);
    if (failed(event)) return undefined;
    const protocol = protocols.find((one) => one.speaks(event));
    if (protocol !== undefined) deltas += protocol.text(event);
    else plain += typeof value === 'object' ? (jsonText(value) ?? '') : (jsonText(value) ?? data);
  }
  return deltas || plain || undefined;
}
