import type { Deadline } from './deadline.ts';

const decoder = new TextDecoder();

/** UTF-8 as it comes. Nearly all answers come in one piece, and a decoder of its own costs ten times what decoding that does. */
class IncomingText {
  #first: Uint8Array | undefined;
  #later: InstanceType<typeof TextDecoder> | undefined;
  #text = '';

  add(piece: Uint8Array): void {
    if (this.#first === undefined) {
      this.#first = piece;
      return;
    }
    if (this.#later === undefined) {
      this.#later = new TextDecoder();
      this.#text = this.#later.decode(this.#first, { stream: true });
    }
    this.#text += this.#later.decode(piece, { stream: true });
  }

  end(): string {
    return this.#later === undefined
      ? decoder.decode(this.#first)
      : this.#text + this.#later.decode();
  }
}

/** Reads a body as UTF-8; undefined as soon as it is longer than `maxBytes`, and then it is cancelled. */
export async function readText(
  response: Response,
  maxBytes: number,
  deadline: Pick<Deadline<unknown>, 'drop' | 'ended'>,
): Promise<string | undefined> {
  if (response.body === null) return '';
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const drop = (): void => void reader.cancel().catch(() => {});
  deadline.drop = drop;
  if (deadline.ended) drop();
  const text = new IncomingText();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text.end();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      drop();
      return undefined;
    }
    text.add(value);
  }
}
