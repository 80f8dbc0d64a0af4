import { attempt } from '../../core/attempt.ts';
import { inRootScope } from '../../core/root-scope.ts';
import { callsTools } from './calls-tools.ts';
import { EventText } from './event-text.ts';

/** Events that may wait to be read: no more of them are kept alive, however fast they come. */
const mostWaiting = 256;

/**
 * The text of a stream of objects. They are read in a later turn of the event loop than the one in which they passed, and
 * let go of: what is kept is their text.
 */
export class EventRecording {
  readonly #maxUnits: number;
  #text = new EventText();
  #waiting: unknown[] = [];
  #isOver = false;
  #callsTools = false;
  #isScheduled = false;

  /** @param maxBytes - of text; at two bytes a unit */
  constructor(maxBytes: number) {
    this.#maxUnits = maxBytes / 2;
  }

  /** Bytes that the text takes. */
  get byteLength(): number {
    return this.#text.length * 2;
  }

  /** Whether the stream has told of its own failure; not known of one that is longer than may be kept. */
  get hasFailed(): boolean {
    this.#read();
    return this.#text.hasFailed;
  }

  /** Whether it holds more text than may be kept, or what could not be read. */
  get isFull(): boolean {
    this.#read();
    return this.#isOver;
  }

  /** Whether it has called tools before it said anything. */
  get callsTools(): boolean {
    this.#read();
    return this.#callsTools;
  }

  keep(event: object): void {
    if (this.#isOver) return;
    this.#waiting.push(event);
    if (this.#waiting.length >= mostWaiting) this.#read();
    else if (!this.#isScheduled) this.#readLater();
  }

  /** The joined text; undefined when there is none, or more than may be kept. */
  text(): string | undefined {
    this.#read();
    return this.#isOver ? undefined : this.#text.text;
  }

  #add(event: unknown): void {
    this.#text.add(event);
    if (this.#text.length > 0 || this.#callsTools) return;
    this.#callsTools = attempt(() => callsTools(event)) === true;
  }

  #readLater(): void {
    this.#isScheduled = true;
    inRootScope(() => setImmediate(() => this.#read()).unref());
  }

  #read(): void {
    this.#isScheduled = false;
    const events = this.#waiting;
    this.#waiting = [];
    try {
      for (const event of events) this.#add(event);
      this.#isOver ||= this.#text.length > this.#maxUnits;
    } catch {
      this.#isOver = true;
    }
    if (this.#isOver) this.#text = new EventText();
  }
}
