import { digitsHash, isDigit } from './number-hash.ts';

/** Groups of digits that may be one number, by what they are then and the place of the first. */
export interface RunFacts {
  readonly hash: number;
  readonly first: number;
  /** It begins with a plus or a nought: of dates the same digits in other groups would be other days. */
  readonly isPhone?: boolean;
  /** A colon sets its two groups apart. */
  readonly isTime?: true;
}

/** What hours and minutes are set apart by; in half of Europe and in Turkey by a point. */
const colon = ':'.charCodeAt(0);

const [plus, nought] = [0x2b, 0x30];

/** Digits that it must have: shorter ones are amounts and dates. The longest bank account has 34 characters, nine groups. */
const [leastDigits, mostChars] = [7, 48];

/** What groups of a number are set apart by, two of them at most: blanks, dashes, the brackets and slashes of phone numbers. */
const gaps: ReadonlySet<number | undefined> = new Set(
  Array.from(' \u00a0\u2009\u202f-\u2010\u2011\u2012\u2013()/', (gap) => gap.charCodeAt(0)),
);

/** The minutes behind hours: with them they are what `14.30` is. */
function timeOf(text: Uint16Array, from: number, end: number, place: number): RunFacts | undefined {
  if (text[from - 1] !== colon || end - from !== 2) return undefined;
  let first = from - 1;
  while (isDigit(text[first - 1])) first -= 1;
  if (from - 1 - first > 2) return undefined;
  return { hash: digitsHash(text, first, end, from - 1), first: place - 1, isTime: true };
}

/** Follows the numbers of a text, and knows those that may go on: of a phone, an account, a card. */
export class NumberRun {
  #from = -1;
  #end = -1;
  #first = 0;

  /** Takes the next number, by its ends and its place. */
  add(text: Uint16Array, from: number, end: number, place: number): RunFacts | undefined {
    const gap = from - this.#end;
    const isNext =
      this.#end >= 0 &&
      end - this.#from <= mostChars &&
      (gap === 1 || (gap === 2 && gaps.has(text[from - 2]))) &&
      gaps.has(text[from - 1]);
    this.#end = end;
    if (!isNext) {
      this.#from = from;
      this.#first = place;
      return gap === 1 ? timeOf(text, from, end, place) : undefined;
    }
    let digits = 0;
    for (let at = this.#from; at < end; at += 1) if (isDigit(text[at])) digits += 1;
    if (digits < leastDigits) return undefined;
    const isPhone = text[this.#from - 1] === plus || text[this.#from] === nought;
    return { hash: digitsHash(text, this.#from, end, end), first: this.#first, isPhone };
  }
}
