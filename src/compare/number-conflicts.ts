import { type Tokens, tokenIs, toTokens } from './tokens.ts';

/** Numbers of a reply that are looked at. */
const most = 1_000;

/** Units by the symbols that are theirs in every language, each in its spellings: none of them stands for another one. */
const units = [
  'km|mi|ft|yd|cm|mm|kg|mg|oz|ml|cl|kb|mb|gb|tb|kw|mw|gw|kwh|mwh|gwh|hz|khz|mhz|ghz|ms|°c|°f|am|pm',
  'µg μg mcg|lb lbs',
].flatMap((row) => row.split('|'));

const hashesOf = (words: string): Int32Array => toTokens(words).hashes;

interface Tables {
  /** By a symbol, the first spelling of its unit. */
  readonly units: ReadonlyMap<number, number>;
  readonly currencies: ReadonlySet<number>;
  readonly halves: ReadonlyMap<number, number>;
  readonly m: number;
}

function toTables(): Tables {
  const hash = (word: string): number => hashesOf(word)[0] as number;
  const spellings = units.flatMap((row) => {
    const [first, ...others] = hashesOf(row);
    return [first, ...others].map((one) => [one as number, first as number] as const);
  });
  return {
    units: new Map(spellings),
    currencies: new Set(hashesOf(Intl.supportedValuesOf('currency').join(' '))),
    halves: new Map([
      [hash('a'), hash('am')],
      [hash('p'), hash('pm')],
    ]),
    m: hash('m'),
  };
}

let made: Tables | undefined;

/** Made when the first number is met: it takes as long as a comparison. */
function tables(): Tables {
  made ??= toTables();
  return made;
}

/** What the number at a place is told in. */
type Telling = (tokens: Tokens, at: number) => number | undefined;

const sign: Telling = ({ facts }, at) => facts.get(at)?.currency;

/** Codes are written in capitals: `all` is a word, and so is `All`. */
const isCode = ({ hashes, codes }: Tokens, at: number): boolean =>
  codes.has(at) && tables().currencies.has(hashes[at] as number);

function code(tokens: Tokens, at: number): number | undefined {
  if (isCode(tokens, at + 1)) return tokens.hashes[at + 1];
  return isCode(tokens, at - 1) ? tokens.hashes[at - 1] : undefined;
}

const unit: Telling = ({ hashes, kinds }, at) => {
  if (kinds[at + 1] === tokenIs.number) return undefined;
  const { units: known, halves, m } = tables();
  const next = hashes[at + 1] as number;
  return known.get(next) ?? (hashes[at + 2] === m ? halves.get(next) : undefined);
};

/** The kinds of what numbers are told in: two of a kind do not stand for each other. */
const tellings = [sign, code, unit];

/** What numbers are told in, by the number and the kind. */
function marksOf(tokens: Tokens): ReadonlyMap<number, ReadonlySet<number>> {
  const { hashes, kinds } = tokens;
  const marks = new Map<number, Set<number>>();
  let left = most;
  for (let at = kinds.indexOf(tokenIs.number); at >= 0 && left > 0; left -= 1) {
    for (const [kind, told] of tellings.entries()) {
      const mark = told(tokens, at);
      if (mark === undefined) continue;
      const key = Math.imul(hashes[at] as number, tellings.length) + kind;
      const known = marks.get(key);
      if (known === undefined) marks.set(key, new Set([mark]));
      else known.add(mark);
    }
    at = kinds.indexOf(tokenIs.number, at + 1);
  }
  return marks;
}

/** How many numbers of both texts are told in another currency or another unit. */
export function unitsReplaced(first: Tokens, second: Tokens): number {
  const before = marksOf(first);
  if (before.size === 0) return 0;
  let replaced = 0;
  for (const [number, marks] of marksOf(second)) {
    const then = before.get(number);
    if (then !== undefined && ![...marks].some((mark) => then.has(mark))) replaced += 1;
  }
  return replaced;
}

type Sign = 'minus' | 'none' | 'unsure';

/** Numbers by the words that they stand between: whether with a minus, without, or neither for sure. */
function signsOf({ hashes, kinds, facts }: Tokens): ReadonlyMap<number, Sign> {
  const signs = new Map<number, Sign>();
  for (let at = kinds.indexOf(tokenIs.number); at >= 0 && signs.size < most; ) {
    const around = Math.imul(hashes[at - 1] ?? 0, 31) ^ (hashes[at + 1] ?? 0);
    const place = Math.imul(around, 31) ^ (hashes[at] as number);
    const found = facts.get(at)?.sign ?? 'none';
    const known = signs.get(place);
    signs.set(place, known === undefined || known === found ? found : 'unsure');
    at = kinds.indexOf(tokenIs.number, at + 1);
  }
  return signs;
}

const hasMinus = ({ facts }: Tokens): boolean =>
  [...facts.values()].some(({ sign }) => sign === 'minus');

/**
 * How many numbers have lost a minus, or got one, between the same words: elsewhere words may say the same, as a discount of
 * 5 is one of −5.
 */
export function signsTurned(first: Tokens, second: Tokens): number {
  if (!hasMinus(first) && !hasMinus(second)) return 0;
  const before = signsOf(first);
  let turned = 0;
  for (const [place, now] of signsOf(second)) {
    const then = before.get(place);
    if (then !== undefined && then !== now && then !== 'unsure' && now !== 'unsure') turned += 1;
  }
  return turned;
}
