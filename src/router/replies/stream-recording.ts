import { Captured, type ReplyHead } from './captured-reply.ts';
import { EventRecording } from './event-recording.ts';

/** Code units of text that are gathered before they are copied. */
const batchUnits = 4096;

const leastBytes = 4096;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** What was sent besides the body, where that is known. */
export type StreamHead = Pick<ReplyHead, 'status' | 'contentType' | 'contentEncoding'>;

const headless: StreamHead = { status: 200, contentType: undefined, contentEncoding: undefined };

/** The text of a stream as it passes: copied into one buffer, so that no chunk is kept and no cap exceeded. */
export class StreamRecording {
  readonly #head: StreamHead;
  readonly #maxBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0;
  /** Texts that wait to be copied together; a rope, which is cheap to add to. */
  #texts = '';
  #truncated = false;
  #events: EventRecording | undefined;

  constructor(maxBytes: number, head = headless) {
    this.#maxBytes = maxBytes;
    this.#head = head;
  }

  /** Whether it is larger than the cap: nothing more of it is wanted. */
  get isFull(): boolean {
    return this.#truncated;
  }

  keep(chunk: unknown): void {
    if (this.#truncated) return;
    try {
      if (typeof chunk === 'string') this.#keepText(chunk);
      else if (ArrayBuffer.isView(chunk)) {
        this.#keepBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      } else if (typeof chunk === 'object' && chunk !== null) this.#keepEvent(chunk);
      else this.#giveUp();
    } catch {
      this.#giveUp();
    }
  }

  /** The whole of it. The recording is over. */
  captured(): Captured | EventRecording {
    if (this.#events !== undefined && !this.#truncated) return this.#events;
    if (!this.#truncated) this.#copyTexts('');
    const bytes = this.#buffer.subarray(0, this.#size);
    this.#buffer = Buffer.alloc(0);
    return new Captured(
      { method: 'GET', ...this.#head, contentLength: undefined },
      { byteLength: bytes.buffer.byteLength, chunks: [bytes], truncated: this.#truncated },
    );
  }

  /** A stream is of text or of events; what is both is read by nobody. */
  #keepEvent(event: object): void {
    if (this.#size + this.#texts.length > 0) this.#giveUp();
    else {
      this.#events ??= new EventRecording(this.#maxBytes);
      this.#events.keep(event);
    }
  }

  #keepText(text: string): void {
    // No character takes less than a byte a unit, so what is surely too large costs no copy.
    const units = this.#size + this.#texts.length + text.length;
    if (units > this.#maxBytes || this.#events !== undefined) this.#giveUp();
    else {
      this.#texts += text;
      if (this.#texts.length >= batchUnits) this.#copyTexts(this.#halfCharacter());
    }
  }

  /** The first half of a character whose second is yet to come. */
  #halfCharacter(): string {
    const last = this.#texts.length - 1;
    return isHighSurrogate(this.#texts.charCodeAt(last)) ? this.#texts.charAt(last) : '';
  }

  #copyTexts(rest: string): void {
    const texts = this.#texts.slice(0, this.#texts.length - rest.length);
    this.#texts = rest;
    const bytes = Buffer.byteLength(texts);
    if (this.#makeRoom(bytes)) this.#size += this.#buffer.write(texts, this.#size);
  }

  #keepBytes(bytes: Uint8Array): void {
    this.#copyTexts('');
    if (this.#events !== undefined) this.#giveUp();
    if (!this.#makeRoom(bytes.byteLength)) return;
    this.#buffer.set(bytes, this.#size);
    this.#size += bytes.byteLength;
  }

  #makeRoom(bytes: number): boolean {
    const needed = this.#size + bytes;
    if (needed > this.#maxBytes) this.#giveUp();
    else if (needed > this.#buffer.byteLength) {
      const size = Math.min(this.#maxBytes, Math.max(leastBytes, 2 * this.#size, needed));
      // Of its own, since a part of Node's pool would keep the whole of it.
      const grown = Buffer.allocUnsafeSlow(size);
      grown.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = grown;
    }
    return !this.#truncated;
  }

  #giveUp(): void {
    this.#truncated = true;
    this.#buffer = Buffer.alloc(0);
    this.#size = 0;
    this.#texts = '';
    this.#events = undefined;
  }
}
