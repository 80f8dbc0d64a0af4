import { factsOf, type NumberFacts } from '../numbers/number-facts.ts';
import { digitsAtEnd, digitsEnd, listNumber, readNumber } from '../numbers/number-reading.ts';
import { NumberRun } from '../numbers/number-run.ts';
import { plainDigits } from '../numbers/plain-digits.ts';
import { characterKinds, kindOf } from './character-kinds.ts';
import { lowerOf, unitsOf } from './text-units.ts';
import { mixed, startOfHash, withUnit } from './token-hash.ts';

/** What a token is, for those who look for facts. */
export const tokenIs = { word: 0, number: 1, name: 2, firstName: 3 } as const;

/** The words of a text, as 32-bit hashes in their order. */
export interface Tokens {
  readonly hashes: Int32Array;
  /** What each of them is: a number, a capitalized word within or at the start of a sentence, any other. */
  readonly kinds: Uint8Array;
  /** What is said of some numbers besides their value, by their places. */
  readonly facts: ReadonlyMap<number, NumberFacts>;
  /** Places of words of three capitals, as codes of currencies are. */
  readonly codes: ReadonlySet<number>;
}

const { letter, digit, joiner, solo } = kindOf;

/** How many characters a token takes at least in most languages, its space included. */
const charsPerToken = 4;

const space = 0x20;
const newline = 0x0a;
const dot = 0x2e;

/** Marks after which a capital says nothing: `. ! ? :`, a new line, and the full stops of Chinese. */
const sentenceEnds = new Set([dot, 0x21, 0x3f, 0x3a, newline, 0x3002, 0xff01, 0xff1f]);

/**
 * Cuts a text into words, in goes. Case makes no difference; scripts without spaces give a token for each two neighbouring
 * characters; numbers are read, so that `1,234.50` is `1234.5`; the numbers of a list are left out.
 */
export class Tokenizer {
  readonly #text: string;
  readonly #lower: Uint16Array;
  readonly #table = characterKinds();
  #hashes: Int32Array;
  #kinds: Uint8Array;
  readonly #run = new NumberRun();
  readonly #facts = new Map<number, NumberFacts>();
  readonly #codes = new Set<number>();
  #count = 0;
  #at = 0;
  /** Nothing but spaces and marks since the last sentence, or the last line. */
  #isFirst = true;
  #isLineStart = true;
  /** The highest number of a list so far. */
  #listed = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lower = unitsOf(plainDigits(lowerOf(text)));
    const expected = Math.ceil(text.length / charsPerToken) + 8;
    this.#hashes = new Int32Array(expected);
    this.#kinds = new Uint8Array(expected);
  }

  /** Goes on for about so many characters. False: the end is reached. */
  step(chars: number): boolean {
    const text = this.#lower;
    const table = this.#table;
    const end = Math.min(text.length, this.#at + chars);
    while (this.#at < end) {
      const unit = text[this.#at] as number;
      const kind = table[unit] as number;
      if (unit === space) this.#at += 1;
      else if (kind === letter) this.#word();
      else if (kind === digit) this.#number();
      else if (kind === solo) this.#solos();
      else this.#mark(unit);
    }
    return this.#at < text.length;
  }

  /** What was found so far. */
  tokens(): Tokens {
    return {
      hashes: this.#hashes.subarray(0, this.#count),
      kinds: this.#kinds.subarray(0, this.#count),
      facts: this.#facts,
      codes: this.#codes,
    };
  }

  #mark(unit: number): void {
    if (sentenceEnds.has(unit)) this.#isFirst = true;
    if (unit === newline) this.#isLineStart = true;
    this.#at += 1;
  }

  #word(): void {
    const lower = this.#lower;
    const table = this.#table;
    const start = this.#at;
    const end = lower.length;
    let hash = startOfHash;
    let at = start;
    for (; at < end; at += 1) {
      const unit = lower[at] as number;
      const kind = table[unit] as number;
      if (kind === letter || kind === digit) hash = withUnit(hash, unit);
      else if (kind !== joiner || table[lower[at + 1] as number] !== letter) break;
    }
    const digits = digitsAtEnd(lower, start, at);
    if (digits < at) {
      // `ORD12345` is a word and a number: what differs in its number alone is another order.
      hash = startOfHash;
      for (at = start; at < digits; at += 1) {
        const unit = lower[at] as number;
        if (table[unit] === letter) hash = withUnit(hash, unit);
      }
    }
    this.#at = at;
    const isCapital = this.#isCapital(start);
    if (isCapital && at === start + 3 && this.#isCapital(start + 1) && this.#isCapital(start + 2)) {
      this.#codes.add(this.#count);
    }
    const nameKind = this.#isFirst ? tokenIs.firstName : tokenIs.name;
    this.#add(mixed(hash), isCapital && at - start > 1 ? nameKind : tokenIs.word);
  }

  #isCapital(at: number): boolean {
    return this.#lower[at] !== this.#text.charCodeAt(at);
  }

  #number(): void {
    const text = this.#lower;
    const start = this.#at;
    const end = digitsEnd(text, start);
    this.#at = end;
    if (this.#isLineStart && this.#isOfList(start, end)) return;
    const reading = readNumber(text, start, end);
    this.#at = reading.end;
    const run = this.#run.add(text, start, reading.end, this.#count);
    const isItem = this.#isLineStart && this.#count > 0;
    const facts = factsOf(text, reading.from ?? start, reading, { isItem, run });
    if (facts !== undefined) this.#facts.set(this.#count, facts);
    this.#add(reading.hash, tokenIs.number);
  }

  /** A list begins with 1, and goes on from there: `42.` is an answer. */
  #isOfList(start: number, end: number): boolean {
    const item = listNumber(this.#lower, start, end);
    if (item === undefined || item > this.#listed + 1) return false;
    this.#listed = Math.max(this.#listed, item);
    return true;
  }

  #solos(): void {
    const text = this.#lower;
    const table = this.#table;
    const start = this.#at;
    let at = start;
    for (; at < text.length && table[text[at] as number] === solo; at += 1) {
      if (at > start) this.#addPair(text[at - 1] as number, text[at] as number);
    }
    if (at === start + 1) this.#addPair(text[start] as number, 0);
    this.#at = at;
  }

  #addPair(first: number, second: number): void {
    this.#add(mixed(withUnit(withUnit(startOfHash, first), second)), tokenIs.word);
  }

  #add(hash: number, kind: number): void {
    if (this.#count === this.#hashes.length) this.#grow();
    this.#hashes[this.#count] = hash;
    this.#kinds[this.#count] = kind;
    this.#count += 1;
    this.#isFirst = false;
    this.#isLineStart = false;
  }

  /** Scripts without spaces have a token a character. */
  #grow(): void {
    const [hashes, kinds] = [this.#hashes, this.#kinds];
    this.#hashes = new Int32Array(2 * hashes.length);
    this.#kinds = new Uint8Array(2 * kinds.length);
    this.#hashes.set(hashes);
    this.#kinds.set(kinds);
  }
}

/** Cuts a text into words in one go. */
export function toTokens(text: string): Tokens {
  const tokenizer = new Tokenizer(text);
  tokenizer.step(text.length);
  return tokenizer.tokens();
}
