import { characterKinds, kindOf } from '../words/character-kinds.ts';
import { mixed, startOfHash, withUnit } from '../words/token-hash.ts';
import { digitsHash, isDigit, numberHash, scaledHash } from './number-hash.ts';

/** A number as it stands in a text of small letters and plain digits. */
export interface NumberReading {
  /** Where it begins, if that is not at its first digit. */
  readonly from?: number;
  readonly end: number;
  readonly hash: number;
  /** The numbers that it is if its marks set them apart: blanks and apostrophes, or the dots of a date. */
  readonly parts?: readonly number[];
  /** It is no number, such as a date: in other words one of its parts may be a word. */
  readonly isSequence?: true;
  /** When it is rather a phone's than an amount: with a plus, the code of a country and three groups; or where it goes on. */
  readonly isPhone?: 'surely' | 'in a run';
}

const [dot, comma, zero] = [0x2e, 0x2c, 0x30];
const [letterE, plus, dash, blank, newline] = [0x65, 0x2b, 0x2d, 0x20, 0x0a];

/** Marks of thousands besides dot and comma: the blanks of most of Europe, the apostrophes of Switzerland. */
const isGroupMark = (unit: number | undefined): boolean =>
  unit === blank ||
  unit === 0xa0 ||
  unit === 0x2009 ||
  unit === 0x202f ||
  unit === 0x27 ||
  unit === 0x2019;

const [less, slash] = [0x3c, 0x2f];

/** Where the digits at the end of a word begin; the end where there are some further on, as in what is random, or in `<h2>`. */
export function digitsAtEnd(text: Uint16Array, from: number, end: number): number {
  if (text[from - 1] === less || (text[from - 1] === slash && text[from - 2] === less)) return end;
  let first = end;
  while (first > from && isDigit(text[first - 1])) first -= 1;
  for (let at = from; at < first; at += 1) if (isDigit(text[at])) return end;
  return first;
}

/** Where the digits end that begin at a place, with the dots and commas among them. */
export function digitsEnd(text: Uint16Array, from: number): number {
  let at = from;
  for (;;) {
    if (isDigit(text[at])) at += 1;
    else if ((text[at] === dot || text[at] === comma) && isDigit(text[at + 1])) at += 2;
    else return at;
  }
}

/** What stands behind the number of a list: a full stop, a bracket, the comma of Chinese. */
const listMarks: ReadonlySet<number | undefined> = new Set([dot, 0x29, 0x3001, 0xff09, 0xff0e]);

/** The number that a line begins with, where it may be that of a list: of up to three digits, and something follows. */
export function listNumber(text: Uint16Array, from: number, end: number): number | undefined {
  if (end - from > 3 || !listMarks.has(text[end])) return undefined;
  let next = end + 1;
  while (text[next] === blank) next += 1;
  if (next >= text.length || text[next] === newline) return undefined;
  let item = 0;
  for (let at = from; at < end && isDigit(text[at]); at += 1) {
    item = 10 * item + (text[at] as number) - zero;
  }
  return item;
}

/** Whether another three digits, and no more, stand behind the same mark. */
function hasGroup(text: Uint16Array, at: number, mark: number | undefined): boolean {
  if (text[at] !== mark || !isGroupMark(mark)) return false;
  for (let digit = 1; digit <= 3; digit += 1) if (!isDigit(text[at + digit])) return false;
  return !isDigit(text[at + 4]);
}

/** `10 000,50`: one to three digits, then three and three, and at last a decimal mark. */
function grouped(text: Uint16Array, from: number, end: number): NumberReading | undefined {
  if (end - from > 3 || text[from] === zero || !hasGroup(text, end, text[end])) return undefined;
  for (let at = from; at < end; at += 1) if (!isDigit(text[at])) return undefined;
  const parts = [numberHash(text, from, end)];
  let at = end;
  while (hasGroup(text, at, text[end])) {
    const next = digitsEnd(text, at + 1);
    parts.push(numberHash(text, at + 1, next));
    at = next;
  }
  const isPhone = text[from - 1] === plus && parts.length > 3 ? 'surely' : 'in a run';
  return { end: at, hash: numberHash(text, from, at), parts, isPhone };
}

/** `1.5e6`: the power of ten with up to two digits, before which there is one mark at most. */
function scaled(text: Uint16Array, from: number, end: number): NumberReading | undefined {
  if (text[end] !== letterE) return undefined;
  const sign = text[end + 1];
  const first = sign === plus || sign === dash ? end + 2 : end + 1;
  let at = first;
  while (isDigit(text[at])) at += 1;
  if (at === first || at > first + 2) return undefined;
  if (characterKinds()[text[at] as number] === kindOf.letter) return undefined;
  if (text.subarray(from, end).filter((unit) => unit === dot || unit === comma).length > 1) {
    return undefined;
  }
  let exponent = 0;
  for (let digit = first; digit < at; digit += 1) {
    exponent = 10 * exponent + (text[digit] as number) - zero;
  }
  return { end: at, hash: scaledHash(text, from, end, sign === dash ? -exponent : exponent) };
}

/** `03.05.2024`, `1.2.3`: several numbers behind one and the same mark, by the last of which they are no thousands. */
function sequence(text: Uint16Array, from: number, end: number): NumberReading | undefined {
  let [first, last] = [end, end];
  for (let at = end - 1; at > from; at -= 1) {
    if (isDigit(text[at])) continue;
    if (last === end) last = at;
    else if (text[at] !== text[last]) return undefined;
    first = at;
  }
  if (first === last || end - last === 4) return undefined;
  const marks: number[] = [];
  for (let at = first; at < end; at += 1) if (!isDigit(text[at])) marks.push(at);
  const parts = [...marks, end].map((at, i) =>
    numberHash(text, (marks[i - 1] ?? from - 1) + 1, at),
  );
  return { end, hash: mixed(parts.reduce(withUnit, startOfHash)), parts, isSequence: true };
}

const opening: ReadonlySet<number | undefined> = new Set([0x28, 0x5b, 0x7b, comma]);
const closing: ReadonlySet<number | undefined> = new Set([0x29, 0x5d, 0x7d, comma]);

/** `[3,5]`, `range(0,10)`: between brackets each number may stand for itself. */
function listed(text: Uint16Array, from: number, end: number): NumberReading | undefined {
  if (!opening.has(text[from - 1]) || !closing.has(text[end])) return undefined;
  const ends: number[] = [];
  for (let at = from; at < end; at += 1) if (text[at] === comma) ends.push(at);
  if (ends.length === 0) return undefined;
  const parts = [...ends, end].map((at, i) => numberHash(text, (ends[i - 1] ?? from - 1) + 1, at));
  return { end, hash: numberHash(text, from, end), parts };
}

/** What names of files go on with behind a point and a digit: `.7z`, `.3gp`. */
const ofFiles: ReadonlySet<number | undefined> = new Set([0x7a, 0x67]);

/** `.5`, which is 0.5: behind a word the point would set apart, as in `v.5`. */
function pointed(text: Uint16Array, from: number, end: number): NumberReading | undefined {
  if (text[from - 1] !== dot || text[from - 2] === dot || ofFiles.has(text[end])) return undefined;
  if (from > 1 && characterKinds()[text[from - 2] as number] !== kindOf.separator) return undefined;
  for (let at = from; at < end; at += 1) if (!isDigit(text[at])) return undefined;
  const read = scaled(text, from - 1, end) ?? {
    end,
    hash: digitsHash(text, from - 1, end, from - 1),
  };
  return { from: from - 1, ...read };
}

/** Reads the number whose digits begin at a place, and end at another. */
export function readNumber(text: Uint16Array, from: number, end: number): NumberReading {
  return (
    pointed(text, from, end) ??
    scaled(text, from, end) ??
    grouped(text, from, end) ??
    sequence(text, from, end) ??
    listed(text, from, end) ?? { end, hash: numberHash(text, from, end) }
  );
}
