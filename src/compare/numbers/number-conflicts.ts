import { type Tokens, tokenIs, toTokens } from '../words/tokens.ts';

/** Numbers of a reply that are looked at. */
const mostNumbers = 1_000;

/**
 * Units by the symbols that are theirs in every language, each in its spellings: none of a row stands for another one of it, and
 * `5 GB` is no other number than `5 pm`.
 */
const rows = [
  'km|mi|ft|yd|m|cm|mm',
  'kg|g|mg|oz|l|ml|cl|µg μg mcg|lb lbs',
  'ms|s sec|min|h hr hrs',
  'kb|mb|gb|tb',
  'kw|mw|gw|kwh|mwh|gwh',
  'hz|khz|mhz|ghz',
  '°c ℃|°f ℉',
  'am|pm',
];

const ofHalves = rows.indexOf('am|pm');
const ofTime = rows.findIndex((row) => row.startsWith('ms|'));

const hashesOf = (words: string): Int32Array => toTokens(words).hashes;

/** What a number is told in: two of a kind do not stand for each other. */
interface Told {
  readonly kind: number;
  readonly mark: number;
}

interface Tables {
  /** By a symbol, the first spelling of its unit. */
  readonly units: ReadonlyMap<number, Told>;
  readonly currencies: ReadonlySet<number>;
  readonly halves: ReadonlyMap<number, Told>;
  readonly m: number;
  readonly mm: number;
  readonly zero: number;
}

function toTables(): Tables {
  const hash = (word: string): number => hashesOf(word)[0] as number;
  const spellings = rows.flatMap((row, kind) =>
    row.split('|').flatMap((unit) => {
      const [mark = 0, ...others] = hashesOf(unit);
      return [mark, ...others].map((one) => [one, { kind, mark }] as const);
    }),
  );
  return {
    units: new Map(spellings),
    currencies: new Set(hashesOf(Intl.supportedValuesOf('currency').join(' '))),
    halves: new Map([
      [hash('a'), { kind: ofHalves, mark: hash('am') }],
      [hash('p'), { kind: ofHalves, mark: hash('pm') }],
    ]),
    m: hash('m'),
    mm: hash('mm'),
    zero: hash('0'),
  };
}

let made: Tables | undefined;

/** Made when the first number is met: it takes as long as a comparison. */
function tables(): Tables {
  made ??= toTables();
  return made;
}

/** What the number at a place is told in. */
type Telling = (tokens: Tokens, at: number) => Told | undefined;

const [bySign, byCode, kindsInAll] = [rows.length, rows.length + 1, rows.length + 2];

const sign: Telling = ({ facts }, at) => {
  const mark = facts.get(at)?.currency;
  return mark === undefined ? undefined : { kind: bySign, mark };
};

/** Codes are written in capitals: `all` is a word, and so is `All`. */
const isCode = ({ hashes, codes }: Tokens, at: number): boolean =>
  codes.has(at) && tables().currencies.has(hashes[at] as number);

const code: Telling = (tokens, at) => {
  const place = [at + 1, at - 1].find((beside) => isCode(tokens, beside));
  return place === undefined ? undefined : { kind: byCode, mark: tokens.hashes[place] as number };
};

const unit: Telling = (tokens, at) => {
  const { hashes } = tokens;
  if (tokens.kinds[at + 1] === tokenIs.number) return undefined;
  const { units, halves, m, mm } = tables();
  const next = hashes[at + 1] as number;
  // `$5M`, and `$5MM` as bankers write it, are no lengths.
  if ((next === m || next === mm) && tokens.facts.get(at)?.currency) return undefined;
  return units.get(next) ?? (hashes[at + 2] === m ? halves.get(next) : undefined);
};

const tellings = [sign, code, unit];

/** Where the hours of a time stand, by its last part: two places before it at most. */
function leadOf({ facts }: Tokens, last: number): number {
  let at = last;
  while (last - at < 2 && facts.get(at)?.run?.isTime) at -= 1;
  return at;
}

/** The number that is told in it: that of `9:00 am` is 9, as many hours are full, and that of `1:30 h` is 1. */
function toldOf(tokens: Tokens, at: number, kind: number): number {
  const { hashes, kinds } = tokens;
  if (kind === ofTime) return hashes[leadOf(tokens, at)] as number;
  const isFull = kind === ofHalves && hashes[at] === tables().zero;
  return hashes[isFull && kinds[at - 1] === tokenIs.number ? at - 1 : at] as number;
}

/** What numbers are told in, by the number and the kind. */
function marksOf(tokens: Tokens): ReadonlyMap<number, ReadonlySet<number>> {
  const marks = new Map<number, Set<number>>();
  let left = mostNumbers;
  for (let at = tokens.kinds.indexOf(tokenIs.number); at >= 0 && left > 0; left -= 1) {
    for (const telling of tellings) {
      const told = telling(tokens, at);
      if (told === undefined) continue;
      const key = Math.imul(toldOf(tokens, at, told.kind), kindsInAll) + told.kind;
      const known = marks.get(key);
      if (known === undefined) marks.set(key, new Set([told.mark]));
      else known.add(told.mark);
    }
    at = tokens.kinds.indexOf(tokenIs.number, at + 1);
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
  for (let at = kinds.indexOf(tokenIs.number); at >= 0 && signs.size < mostNumbers; ) {
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
