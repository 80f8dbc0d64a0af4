import type { ReplyView } from '../../core/call/subject.ts';
import { callsTools } from './calls-tools.ts';
import { EventText } from './event-text.ts';

/**
 * The text of a stream of objects, and what tools were called with. Each is read as it passes: to wait with that costs many times
 * what reading does, and whoever gives the same object again and again has changed it by then.
 */
export class EventRecording {
  readonly #maxUnits: number;
  #text = new EventText();
  #isOver = false;
  #callsTools = false;

  /** @param maxBytes - of text; at two bytes a unit */
  constructor(maxBytes: number) {
    this.#maxUnits = maxBytes / 2;
  }

  /** Bytes that what is kept takes. */
  get byteLength(): number {
    return this.#text.length * 2;
  }

  /** Whether the stream has told of its own failure; not known of one that is longer than may be kept. */
  get hasFailed(): boolean {
    return this.#text.hasFailed;
  }

  /** Whether it holds more text than may be kept, or what could not be read. */
  get isFull(): boolean {
    return this.#isOver;
  }

  /** Whether it has called tools, or asked for somebody's word on one, before it said anything. */
  get callsTools(): boolean {
    return this.#callsTools;
  }

  /** Never throws. */
  keep(event: object): void {
    if (this.#isOver) return;
    try {
      this.#text.add(event);
      this.#callsTools ||= this.#text.isUnsaid && callsTools(event);
      this.#isOver = this.#text.length > this.#maxUnits;
    } catch {
      this.#isOver = true;
    }
    if (this.#isOver) this.#text = new EventText();
  }

  /** The joined text; undefined when there is none, or more than may be kept. */
  text(): string | undefined {
    return this.#isOver ? undefined : this.#text.text;
  }

  /** The same with the calls of tools that the events tell of. */
  view(): ReplyView | undefined {
    return this.#isOver ? undefined : this.#text.view;
  }
}
