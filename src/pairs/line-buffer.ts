const lineFeed = 10;

/** Bytes of a batch for which room is kept from one to the next: new memory for each costs more than filling it. */
const mostKeptBytes = 256 * 1024;

/** Lines that wait to be written: bounded by their bytes, each and together, the line ends counted. */
export class LineBuffer {
  readonly #maxBytes: number;
  readonly #maxLineBytes: number;
  #lines: string[] = [];
  #sizes: number[] = [];
  #next = 0;
  #bytes = 0;
  #kept = Buffer.alloc(0);

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

  /** Of the first line; 0 without any. */
  get firstBytes(): number {
    return this.#sizes[this.#next] ?? 0;
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

  /** The first lines that have room in so many bytes. They stay until they are dropped; their bytes do until the next look. */
  peek(maxBytes: number): { readonly content: Buffer; readonly count: number } {
    let [end, bytes] = [this.#next, 0];
    while (end < this.#lines.length && bytes + (this.#sizes[end] as number) <= maxBytes) {
      bytes += this.#sizes[end] as number;
      end += 1;
    }
    const content = this.#space(bytes);
    for (let [at, place] = [this.#next, 0]; at < end; at += 1) {
      place += content.write(this.#lines[at] as string, place);
      content[place] = lineFeed;
      place += 1;
    }
    return { content, count: end - this.#next };
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

  #space(bytes: number): Buffer {
    if (bytes > mostKeptBytes) return Buffer.allocUnsafe(bytes);
    if (bytes > this.#kept.length) {
      const size = Math.max(bytes, Math.min(2 * this.#kept.length, mostKeptBytes));
      this.#kept = Buffer.allocUnsafeSlow(size);
    }
    return this.#kept.subarray(0, bytes);
  }
}
