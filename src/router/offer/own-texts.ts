import type { Subject } from '../../core/call/subject.ts';
import { isPlainObject } from '../../core/text/plain-object.ts';
import { flatCopy } from '../../core/text/text.ts';

/** Code units of a text that is copied: copying a longer one would hold up the loop, and it is rather a body than cut from one. */
const longestCopied = 8_192;

/** Code units that are copied for one call. */
const mostCopied = 65_536;

/**
 * The texts of one mirrored call in memory of their own: one that was cut from a body keeps all of that as long as the mirror
 * waits.
 */
export class OwnTexts {
  /** Copies none: for what does not wait. */
  static readonly none = new OwnTexts(0);

  // The latest two: as a rule the subject's tenant and task are arguments as well.
  #from = '';
  #to = '';
  #fromBefore = '';
  #toBefore = '';
  #left: number;

  constructor(most = mostCopied) {
    this.#left = most;
  }

  /** A text's copy; any other value is itself. */
  of<Value>(value: Value): Value {
    return typeof value === 'string' ? (this.#copy(value) as Value) : value;
  }

  /** A plain object again with such texts; what is no plain one is itself. */
  in<Given>(given: Given): Given {
    if (!isPlainObject(given)) return given;
    const copy: Record<string, unknown> = { ...given };
    for (const name of Object.keys(copy)) copy[name] = this.of(copy[name]);
    return copy as Given;
  }

  inSubject(subject: Subject): Subject {
    const copy = this.in(subject);
    if (copy !== subject && copy.attributes !== undefined) {
      copy.attributes = this.in(copy.attributes);
    }
    return copy;
  }

  #copy(text: string): string {
    if (text.length > longestCopied || text.length > this.#left) return text;
    if (text === this.#from) return this.#to;
    if (text === this.#fromBefore) return this.#toBefore;
    const own = flatCopy(text);
    this.#left -= text.length;
    this.#fromBefore = this.#from;
    this.#toBefore = this.#to;
    this.#from = text;
    this.#to = own;
    return own;
  }
}
