import { isUtf8 } from 'node:buffer';
import { longestLine } from './chain-entry.ts';
import { type Reading, readLine } from './trail-reading.ts';

const lineFeed = 10;

/** Bytes that a line may have; a code unit has three at most. */
const mostBytes = 3 * longestLine;

/** Bytes that are not UTF-8 are no text: decoded, other bytes could look like what was hashed. */
function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** What the line of every entry begins with. */
const opening = '{"actor":"';

/** Whether text may be the beginning of an entry's line: its object has not ended before the text does. */
function isBeginning(text: string): boolean {
  if (!opening.startsWith(text.slice(0, opening.length))) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i];
    if (quoted) {
      if (letter === '\\') i += 1;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{') depth += 1;
    else if (letter === '}') depth -= 1;
    if (depth === 0) return i >= text.length - 1 && letter === '}';
  }
  return true;
}

/** Cuts bytes into lines and reads them. Holds one line, whatever the length of the trail. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #line = 0;

  /** What the whole lines say that end in these bytes. */
  *take(bytes: Uint8Array): Generator<Reading> {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed)) {
      this.#keep(chunk.subarray(0, end));
      this.#line += 1;
      const whole = this.#restBytes > mostBytes ? undefined : textOf(this.#joined());
      yield readLine(whole, this.#line);
      this.#rest = [];
      this.#restBytes = 0;
      chunk = chunk.subarray(end + 1);
    }
    // Copied: whoever reads a file may use its buffer again.
    this.#keep(Buffer.from(chunk));
  }

  /** Bytes behind the last whole line. */
  get cutBytes(): number {
    return this.#restBytes;
  }

  /** What is wrong with these bytes, if they cannot be what a line begins with. */
  *end(): Generator<Reading> {
    if (this.#restBytes === 0 || this.#isCut()) return;
    yield { line: this.#line + 1, entry: undefined };
  }

  #joined(): Buffer {
    const [only] = this.#rest;
    return this.#rest.length === 1 && only !== undefined ? only : Buffer.concat(this.#rest);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes <= mostBytes) this.#rest.push(bytes);
  }

  #isCut(): boolean {
    if (this.#restBytes > mostBytes) return false;
    const rest = this.#joined();
    // A cut may go through the bytes of one letter: whatever is left of it is looked at no further.
    const text = rest.toString('utf8');
    if (!isBeginning(text)) return false;
    if (!text.endsWith('}')) return true;
    return !isWhole(text) || readLine(textOf(rest), 0).entry !== undefined;
  }
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
