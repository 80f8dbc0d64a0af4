import type { Readable } from 'node:stream';
import { attempt, disregard } from '../../core/attempt.ts';
import { nodeBuiltin } from '../../core/node-builtin.ts';
import type { Beginning } from './beginning.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';

type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;
type Controller = ReadableStreamDefaultController<unknown> &
  Partial<Pick<ReadableByteStreamController, 'byobRequest'>>;
type Result = { readonly done: boolean; readonly value?: unknown };

/** Reads from a stream when, and only when, it is read from itself. */
class WebStreamTap implements StreamTap {
  readonly reply: ReadableStream<unknown>;
  readonly #source: ReadableStream<unknown>;
  readonly #observer: StreamObserver;
  #reader: Reader;
  #fills = false;
  /** Results that were read before the consumer was there. */
  readonly #held: Promise<Result>[] = [];
  #controller: Controller | undefined;
  #isPulling = false;
  /** Passes on that the source is over. */
  #end: (() => void) | undefined;

  constructor(source: ReadableStream<unknown>, observer: StreamObserver) {
    const hasBytes = isByteStream(source);
    this.#source = source;
    this.#observer = observer;
    this.#reader = source.getReader();
    const cancel = (reason: unknown): Promise<void> => this.#cancel(reason);
    const start = (controller: Controller): void => {
      this.#controller = controller;
    };
    this.reply = hasBytes
      ? new ReadableStream(
          {
            type: 'bytes',
            start,
            pull: (controller) => this.#pulls(this.#pullBytes(controller)),
            cancel,
          },
          { highWaterMark: 0 },
        )
      : new ReadableStream(
          { start, pull: (controller) => this.#pulls(this.#pull(controller)), cancel },
          { highWaterMark: 0 },
        );
    this.#follow(this.#reader);
  }

  async first(beginning?: Beginning): Promise<boolean> {
    for (;;) {
      const reading = this.#readNext();
      this.#held.push(reading);
      const { done, value } = await reading;
      if (done || beginning?.isOver(value) !== false) return !done;
    }
  }

  abandon(): void {
    disregard(attempt(() => this.#reader.cancel()));
  }

  /** Whoever does not read hears of the end of the source, or of its failure, all the same. */
  #follow(reader: Reader): void {
    const over = (end: () => void): void => {
      if (reader !== this.#reader) return;
      this.#end = end;
      this.#settle();
    };
    reader.closed.then(
      () => over(() => this.#close()),
      (reason) => over(() => this.#fail(reason)),
    );
  }

  #close(): void {
    this.#observer.ended();
    this.#controller?.close();
    // Whoever waits with a buffer of its own gets it back.
    this.#controller?.byobRequest?.respond(0);
  }

  #fail(reason: unknown): void {
    this.#observer.failed(reason);
    this.#controller?.error(reason);
  }

  async #pulls(pulling: Promise<void>): Promise<void> {
    this.#isPulling = true;
    try {
      await pulling;
    } finally {
      this.#isPulling = false;
      this.#settle();
    }
  }

  /** Not before a chunk that is on its way. */
  #settle(): void {
    if (this.#isPulling || this.#held.length > 0) return;
    const end = this.#end;
    this.#end = undefined;
    // A stream that was cancelled, or has read the end, is over already.
    if (end !== undefined) attempt(end);
  }

  #read(): Promise<Result> {
    return this.#held.shift() ?? this.#readNext();
  }

  #readNext(): Promise<Result> {
    return (this.#readerThat(false) as ReadableStreamDefaultReader<unknown>).read();
  }

  async #pull(controller: ReadableStreamDefaultController<unknown>): Promise<void> {
    const { done, value } = await this.#observed(this.#read());
    if (done) controller.close();
    else controller.enqueue(value);
  }

  async #pullBytes(controller: ReadableByteStreamController): Promise<void> {
    const request = this.#held.length === 0 ? controller.byobRequest : null;
    const view = request?.view;
    if (!request || !view) {
      const { done, value } = await this.#observed(this.#read());
      if (!done) controller.enqueue(value as ArrayBufferView<ArrayBuffer>);
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
      return;
    }
    // Into the consumer's own buffer, so that the source is asked for no more than the consumer has room for.
    const reader = this.#readerThat(true) as ReadableStreamBYOBReader;
    const { done, value } = await this.#observed(reader.read(view as Uint8Array<ArrayBuffer>));
    if (done) controller.close();
    if (value !== undefined) request.respondWithNewView(value as Uint8Array<ArrayBuffer>);
  }

  async #observed(reading: Promise<Result>): Promise<Result> {
    let result: Result;
    try {
      result = await reading;
    } catch (reason) {
      this.#observer.failed(reason);
      throw reason;
    }
    if (result.done) this.#observer.ended();
    else this.#observer.chunk(result.value);
    return result;
  }

  #cancel(reason: unknown): Promise<void> {
    this.#observer.cut();
    return this.#reader.cancel(reason);
  }

  /** A stream has one reader at a time, and no read is pending when the kind of it changes. */
  #readerThat(fills: boolean): Reader {
    if (fills !== this.#fills) {
      this.#reader.releaseLock();
      this.#reader = fills ? this.#source.getReader({ mode: 'byob' }) : this.#source.getReader();
      this.#fills = fills;
      this.#follow(this.#reader);
    }
    return this.#reader;
  }
}

/** Only a stream of bytes gives a reader that fills a buffer of the consumer's. */
function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the stream that reads from it can take its place: not that of one that is a stream by its looks alone, or has
 * methods and fields of its own.
 */
function isReplaceable(stream: object): boolean {
  if (Object.prototype.toString.call(stream) !== '[object ReadableStream]') return false;
  const known = ReadableStream.prototype;
  let at: object | null = stream;
  while (at !== null && at !== known) {
    if (!Object.getOwnPropertyNames(at).every((name) => name in known)) return false;
    at = Object.getPrototypeOf(at);
  }
  return true;
}

/** Taps a `ReadableStream` by one that reads from it; undefined for one that is locked, has been read or is more than that. */
export function tapWebStream(
  stream: ReadableStream<unknown>,
  observer: StreamObserver,
): StreamTap | undefined {
  if (
    !isReplaceable(stream) ||
    stream.locked ||
    nodeBuiltin.stream.Readable.isDisturbed(stream as unknown as Readable)
  )
    return undefined;
  return new WebStreamTap(stream, observer);
}
