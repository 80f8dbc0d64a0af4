import { attempt } from '../../core/attempt.ts';
import type { ToolCall } from '../../core/call/subject.ts';
import { parsedJson } from '../../core/text/parsed-json.ts';
import { flatCopy } from '../../core/text/text.ts';
import { fields, text } from './event-fields.ts';
import { GatheredText } from './gathered-text.ts';

/** Code units that a call takes besides its texts. */
const callUnits = 128;

class StreamedCall {
  readonly id: string;
  readonly name: string;
  /** What it was called with, as JSON; of a tool that takes a text, that text. */
  readonly given = new GatheredText();

  constructor(name: string, id = '') {
    this.name = flatCopy(name);
    this.id = flatCopy(id);
  }
}

/** The calls of tools that a stream tells of, as texts: nothing of an event is kept. */
export class StreamedCalls {
  readonly #calls: StreamedCall[] = [];
  readonly #byIndex = new Map<number, StreamedCall>();
  #units = 0;
  #areTold = false;

  /** Code units that they take. */
  get length(): number {
    return this.#units;
  }

  /** Whether there are some in a stream that may hold nothing else. */
  get mayBeAll(): boolean {
    return this.#areTold && this.#calls.length > 0;
  }

  /** The stream is one that tells of every call, and so also of none. */
  areTold(): void {
    this.#areTold = true;
  }

  /** A call that is told in one event. */
  add(name: unknown, given: unknown): void {
    // What JSON cannot hold is told by nobody, and no reason not to know the call.
    this.#give(this.#begin(text(name)), attempt(() => JSON.stringify(given)) ?? '');
  }

  /** A piece of a call as chat completions tell it: its name comes first, and pieces of several may alternate. */
  addPiece(piece: unknown): void {
    const { index, id: ofPiece, function: called, custom } = fields(piece);
    const { name: named, arguments: given, input } = fields(called ?? custom);
    const [at, id, name] = [typeof index === 'number' ? index : 0, text(ofPiece), text(named)];
    let call = this.#byIndex.get(at);
    // The next completion counts from the start, and there are services that give all calls one index.
    if (call === undefined || (name !== '' && (id === '' || id !== call.id))) {
      call = this.#begin(name, id);
      this.#byIndex.set(at, call);
    }
    this.#give(call, text(given) || text(input));
  }

  /** Undefined: nobody told of any, or of one not by its name. */
  told(): readonly ToolCall[] | undefined {
    if (this.#calls.length === 0 && !this.#areTold) return undefined;
    if (this.#calls.some(({ name }) => name === '')) return undefined;
    return this.#calls.map(({ name, given }) => ({ name, arguments: parsedJson(given.text) }));
  }

  #begin(name: string, id?: string): StreamedCall {
    const call = new StreamedCall(name, id);
    this.#calls.at(-1)?.given.layOut();
    this.#units += callUnits + call.name.length + call.id.length;
    this.#calls.push(call);
    return call;
  }

  #give(call: StreamedCall, piece: string): void {
    call.given.add(piece);
    this.#units += piece.length;
  }
}
