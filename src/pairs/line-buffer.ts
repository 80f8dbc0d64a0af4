/** Lines that wait to be written: bounded by their bytes, each and together, the line ends counted. */
export class LineBuffer {
  readonly #maxBytes: number;
  readonly #maxLineBytes: number;
  #lines: string[] = [];
  #sizes: number[] = [];
  #next = 0;
  #bytes = 0;

  constructor(maxBytes: number, maxLineBytes: number) {
    this.#maxBytes = maxBytes;
    this.#maxLineBytes = maxLineBytes;
  }

  get count(): number {
    return this.#lines.length - this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False: there is no room for it. */
  add(line: string): boolean {
    const size = Buffer.byteLength(line) + 1;
    if (this.#bytes + size > this.#maxBytes || size > this.#maxLineBytes) return false;
    this.#lines.push(line);
    this.#sizes.push(size);
    this.#bytes += size;
    return true;
  }

  /** The first lines that have room in so many bytes. They stay until they are dropped. */
  peek(maxBytes: number): { readonly content: Buffer; readonly count: number } {
    let end = this.#next;
    for (let bytes = 0; end < this.#lines.length; end += 1) {
      bytes += this.#sizes[end] as number;
      if (bytes > maxBytes) break;
    }
    const lines = this.#lines.slice(this.#next, end);
    const count = lines.length;
    return { content: Buffer.from(count === 0 ? '' : `${lines.join('\n')}\n`), count };
  }

  /** Lets go of the first lines. */
  drop(count: number): void {
    const end = this.#next + count;
    for (let at = this.#next; at < end; at += 1) this.#bytes -= this.#sizes[at] ?? 0;
    this.#next = end;
    // Moving what is left forward each time would cost its square.
    if (this.#next < this.#lines.length / 2) return;
    this.#lines = this.#lines.slice(this.#next);
    this.#sizes = this.#sizes.slice(this.#next);
    this.#next = 0;
  }
}
