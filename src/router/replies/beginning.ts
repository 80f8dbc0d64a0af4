import { parsedJson } from '../../core/text/parsed-json.ts';
import { tellsFailure } from './event-protocols.ts';
import { eventsOf, isNamedFailure, type SentEvent } from './server-sent-events.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Bytes that are held back at most. */
const mostHeld = 16_384;

const eventStream = /^text\/event-stream\b/i;
/** Types that text and bytes get of which nobody has said what they are. */
const anyType = /^(?:text\/plain|application\/octet-stream)\b|^$/i;
/** How an event stream begins that nobody declared to be one; a comment alone might be the beginning of any text. */
const firstField = /^(?:data|event|id|retry):/;
const blankLine = /\r\n\r\n|\n\n|\r\r/;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** What comes before there is anything to be said, in the streams of the AI SDK, OpenAI, the Agents SDK and Anthropic. */
const opening = new RegExp(
  `^(?:${[
    'start|start-step|message-metadata|(?:text|reasoning)-start',
    'response\\.(?:created|queued|in_progress|(?:output_item|content_part)\\.added)',
    'response_started|agent_updated_stream_event',
    'message_start|content_block_start|ping',
  ].join('|')})$`,
);

function opens(event: unknown): boolean {
  if (!isFields(event)) return false;
  const { type, data, choices } = event;
  if (type === 'raw_model_stream_event') return opens(data);
  // What the Agents SDK passes on as the model's provider sent it.
  if (type === 'model') return opens(event.event);
  if (typeof type === 'string') return opening.test(type);
  return Array.isArray(choices) && choices.every(saysNothing);
}

/** A chunk of a chat completion that names a role alone, as its first one does. */
function saysNothing(choice: unknown): boolean {
  if (!isFields(choice) || !isFields(choice.delta) || isGiven(choice.finish_reason)) return false;
  return Object.entries(choice.delta).every(([name, value]) => name === 'role' || !isGiven(value));
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/**
 * How far a stream of events has come that legacy could still answer instead of: a model that is down is told of behind events
 * that only begin. All else is under way with its first chunk.
 */
export class Beginning {
  readonly #isDeclared: boolean;
  readonly #decoder = new TextDecoder();
  /** Text whose event is not whole yet. */
  #rest = '';
  #size = 0;
  #hasFailed = false;

  /** @param contentType - of a `Response`, as its header has it */
  constructor(contentType = '') {
    this.#isDeclared = eventStream.test(contentType);
    // What is of another type is no event.
    if (!this.#isDeclared && !anyType.test(contentType)) this.#size = mostHeld;
  }

  /** Whether it has told of its failure before it has said anything. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Whether it is under way with a chunk; until it is, each has to be asked about. Never throws. */
  isOver(chunk: unknown): boolean {
    if (this.#size >= mostHeld) return true;
    try {
      if (typeof chunk === 'string') return this.#isTextOver(chunk);
      if (ArrayBuffer.isView(chunk))
        return this.#isTextOver(this.#decoder.decode(chunk as Uint8Array, { stream: true }));
      return this.#isEventOver(chunk);
    } catch {
      return true;
    }
  }

  #isEventOver(event: unknown): boolean {
    this.#hasFailed = isFields(event) && tellsFailure(event);
    // Each is small, and none of them is read twice.
    this.#size += 64;
    return this.#hasFailed || !opens(event);
  }

  #isTextOver(text: string): boolean {
    this.#size += text.length;
    this.#rest += text;
    if (!this.#isDeclared && !firstField.test(this.#rest)) return true;
    const blocks = this.#rest.split(blankLine);
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap(eventsOf).some((event) => this.#isSentOver(event));
  }

  #isSentOver(event: SentEvent): boolean {
    if (!isNamedFailure(event)) return this.#isEventOver(parsedJson(event.data));
    this.#hasFailed = true;
    return true;
  }
}
