import { flatCopy } from '../../core/text/text.ts';
import { jsonText } from './json-text.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

interface Protocol {
  readonly speaks: (event: Fields) => boolean;
  readonly text: (event: Fields) => string;
}

/** The `openai` client gives an event of assistants together with its name. */
function unnamed(value: unknown): unknown {
  const { event, data } = fields(value);
  return text(event).startsWith('thread.') ? data : value;
}

const typed = (pattern: RegExp, event: Fields): boolean => pattern.test(text(event.type));

/** Of several, each event may hold one alone, by its index. */
const firstChoice = (choices: readonly unknown[]): Fields =>
  choices.map(fields).find(({ index }) => (index ?? 0) === 0) ?? {};

// How each wire format carries its text. The first that speaks an event reads it.
const protocols: readonly Protocol[] = [
  {
    // OpenAI chat completions, and the older completions
    speaks: (event) => Array.isArray(event.choices),
    text: (event) => {
      const choice = firstChoice(event.choices as readonly unknown[]);
      const { content, refusal } = fields(choice.delta);
      return text(content) || text(refusal) || text(choice.text);
    },
  },
  {
    // OpenAI Responses: the closing events repeat the whole text
    speaks: (event) => typed(/^response\./, event),
    text: (event) =>
      typed(/^response\.(output_text|refusal)\.delta$/, event) ? text(event.delta) : '',
  },
  {
    // Run events of the OpenAI Agents SDK: those of the model hold the deltas, the others repeat what was made of them
    speaks: (event) => typed(/^(raw_model|run_item|agent_updated)_stream_event$/, event),
    text: (event) => {
      const data = fields(event.data);
      return data.type === 'output_text_delta' ? text(data.delta) : '';
    },
  },
  {
    // The AI SDK's message stream
    speaks: (event) =>
      typed(/^((start|finish)(-step)?|abort|(text|reasoning|tool|source|data)-.+)$/, event),
    text: (event) =>
      event.type === 'text-delta'
        ? text(event.delta) || text(event.textDelta) || text(event.text)
        : '',
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

/** How an assistant's run ends whose answer is not whole. */
const lostRun = ({ object, status }: Fields): boolean =>
  object === 'thread.run' && /^(failed|cancelled|expired)$/.test(text(status));

/** A tool's error is no failure of the stream: the AI SDK hands it to the model, which answers all the same. */
const tellsError = (event: Fields): boolean => Boolean(event.error) && !typed(/^tool-/, event);

/** Whether an event tells that its stream has failed. */
export const tellsFailure = (event: Fields): boolean =>
  typed(/^(error|abort|response\.failed)$/, event) || tellsError(event) || lostRun(event);

/** Code units that are gathered before they are laid out anew: what is put together word by word takes ten times its size. */
const mostGathered = 4096;

/** A text that comes in pieces, and keeps none of what they were cut from. */
class GatheredText {
  #laidOut = '';
  #latest = '';

  get length(): number {
    return this.#laidOut.length + this.#latest.length;
  }

  get text(): string {
    return this.#laidOut + this.#latest;
  }

  add(piece: string): void {
    this.#latest += piece;
    if (this.#latest.length < mostGathered) return;
    this.#laidOut += flatCopy(this.#latest);
    this.#latest = '';
  }
}

/** JSON that may be a word of a text: nobody sends it as an event. */
const isWord = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** The text that the events of a stream carry, event by event. */
export class EventText {
  readonly #deltas = new GatheredText();
  readonly #plain = new GatheredText();
  #hasFailed = false;
  #isKnown = false;

  /** Whether any event was of a format that is known here. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the stream tells of its own failure. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Code units so far. */
  get length(): number {
    return this.#deltas.length + this.#plain.length;
  }

  /**
   * The deltas of OpenAI's, the Agents SDK's and the AI SDK's formats, else the text of values of a common shape. Undefined
   * when the stream tells of its own failure, or holds no text.
   */
  get text(): string | undefined {
    return this.#hasFailed ? undefined : this.#deltas.text || this.#plain.text || undefined;
  }

  /**
   * @param source - the event as it was sent, for one that is no object
   * @param isText - the stream is one of words, some of which happen to be JSON: `null`, `{}`, `"quoted"`
   */
  add(value: unknown, source?: string, isText = false): void {
    const event = fields(unnamed(value));
    if (tellsFailure(event)) this.#hasFailed = true;
    const protocol = protocols.find((one) => one.speaks(event));
    this.#isKnown ||= protocol !== undefined;
    if (protocol !== undefined) this.#deltas.add(protocol.text(event));
    else if (isText && isWord(value)) this.#plain.add(source ?? '');
    else this.#plain.add(jsonText(value) ?? (typeof value === 'object' ? '' : (source ?? '')));
  }
}
