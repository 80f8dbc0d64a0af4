import type { ReplyView } from '../../core/call/subject.ts';
import { type EventFields, fields, text } from './event-fields.ts';
import { type EventProtocol, eventProtocols, tellsFailure } from './event-protocols.ts';
import { GatheredText } from './gathered-text.ts';
import { jsonText } from './json-text.ts';
import { StreamedCalls } from './streamed-calls.ts';

/** The `openai` client gives an event of assistants together with its name. */
function unnamed(value: unknown): unknown {
  const { event, data } = fields(value);
  return text(event).startsWith('thread.') ? data : value;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** JSON that may be a word of a text, `[1]` of a citation say: nobody sends it as an event. */
const isWord = (value: unknown): boolean =>
  isPlain(value) || Object.keys(value as object).length === 0 || isPlainList(value);

const isPlainList = (value: unknown): boolean => Array.isArray(value) && value.every(isPlain);

/** The text that the events of a stream carry, and the calls of tools that they tell of, event by event. */
export class EventText {
  readonly #deltas = new GatheredText();
  readonly #plain = new GatheredText();
  readonly #calls = new StreamedCalls();
  /** Formats by which an answer has begun that has not come to its end. */
  readonly #begun = new Set<EventProtocol>();
  #hasEnded = false;
  /** Whether any event was one that only a known format has. */
  #isSpoken = false;
  #hasFailed = false;
  #isKnown = false;

  /** Whether any event was of a format that is known here. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the stream tells of its own failure: by an event, or by an answer that begins by its format and does not end by it. */
  get hasFailed(): boolean {
    return this.#hasFailed || this.#isHalf;
  }

  /** Whether there is no text so far. */
  get isUnsaid(): boolean {
    return this.#deltas.length + this.#plain.length === 0;
  }

  /** Code units so far, of texts and calls. */
  get length(): number {
    return this.#deltas.length + this.#plain.length + this.#calls.length;
  }

  /**
   * The deltas of OpenAI's, the Agents SDK's and the AI SDK's formats, else the text of values of a common shape. Undefined
   * when the stream tells of its own failure, or holds no text.
   */
  get text(): string | undefined {
    return this.hasFailed ? undefined : this.#deltas.text || this.#plain.text || undefined;
  }

  /**
   * Undefined where there is no text, as of whole replies; one of the AI SDK may consist of calls alone, and has an empty text then,
   * as the result of `generateText` has.
   */
  get view(): ReplyView | undefined {
    if (this.hasFailed) return undefined;
    const toolCalls = this.#calls.told();
    const said = this.text ?? (this.#calls.mayBeAll ? '' : undefined);
    return said === undefined ? undefined : { text: said, ...(toolCalls && { toolCalls }) };
  }

  /**
   * @param source - the event as it was sent, for one that is no object
   * @param isText - the stream is one of words, some of which happen to be JSON: `null`, `{}`, `"quoted"`
   */
  add(value: unknown, source?: string, isText = false): void {
    const event = fields(unnamed(value));
    if (tellsFailure(event)) this.#hasFailed = true;
    const protocol = eventProtocols.find((one) => one.speaks(event));
    if (protocol !== undefined) this.#addSpoken(event, protocol);
    else if (isText && isWord(value)) this.#plain.add(source ?? '');
    else this.#plain.add(jsonText(value) ?? (typeof value === 'object' ? '' : (source ?? '')));
  }

  /** The sender's mark that nothing more comes: the answer is whole, whatever its format has said. */
  end(): void {
    this.#begun.clear();
    this.#hasEnded = true;
  }

  get #isHalf(): boolean {
    return this.#begun.size > 0 && (this.#isSpoken || this.#plain.length === 0);
  }

  #addSpoken(event: EventFields, protocol: EventProtocol): void {
    this.#isKnown = true;
    const said = protocol.text(event);
    if (said !== '') this.#deltas.add(said);
    protocol.calls?.(event, this.#calls);
    const carried = protocol.carried?.(event);
    if (carried !== undefined) {
      this.#follow(carried.event, carried.protocol, carried.protocol.text(carried.event));
    }
    this.#follow(event, protocol, said);
  }

  #follow(event: EventFields, protocol: EventProtocol, said: string): void {
    const phase = protocol.phase?.(event);
    if (phase !== 'may begin') this.#isSpoken = true;
    if (phase === undefined) return;
    if (phase === 'ends') {
      this.#begun.delete(protocol);
      this.#hasEnded = true;
    } else if (phase !== 'goes on' || said !== '' || !this.#hasEnded) this.#begun.add(protocol);
  }
}
