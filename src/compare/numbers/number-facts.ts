import { isDigit } from './number-hash.ts';
import type { NumberReading } from './number-reading.ts';
import type { RunFacts } from './number-run.ts';

/** What a text says of a number besides its value. */
export interface NumberFacts {
  /** The numbers that it is if its marks set them apart. */
  readonly parts?: readonly number[];
  readonly isPhone?: NumberReading['isPhone'];
  readonly isSequence?: NumberReading['isSequence'];
  /** The number that it is the end of, if those before it belong to it. */
  readonly run?: RunFacts;
  /** `unsure`: the dash may be one of a list or a range, or the number is negative in another notation. Absent: there is none. */
  readonly sign?: 'minus' | 'unsure';
  /** The sign of its currency, as a code unit. */
  readonly currency?: number;
}

type Unit = number | undefined;

/** What a code unit may be beside a number; one may be several. */
const is = { dash: 1, blank: 2, doubtful: 4, opener: 8, currency: 16, direction: 32 } as const;

/** A long dash sets apart; of what is doubtful some make a number negative in accounts, or leave open which way it goes. */
const characters: Readonly<Record<keyof typeof is, string>> = {
  dash: '-‐‑‒–−﹣－',
  blank: ' \t\u00a0\u2009\u202f\u3000',
  doubtful: '(（±∓~～〜▲△▼—―',
  // Between them and a number a dash is a sign; behind anything else it joins.
  opener: ' \n\t\u00a0\u2009\u202f\u3000([{"\'“„‘«`*>|:=,;（「：，、；',
  currency: '$¢£¤¥৳฿៛＄￠￡￥￦',
  // Numbers have them on both sides of their minus in Hebrew, Arabic and Persian.
  direction: '\u061c\u200e\u200f\u202a\u202b\u202d\u2066\u2067\u2068',
};

function toTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  const add = (unit: number, what: keyof typeof is): void => {
    table[unit] = (table[unit] as number) | is[what];
  };
  for (const what of Object.keys(is) as (keyof typeof is)[]) {
    for (const character of characters[what]) add(character.charCodeAt(0), what);
  }
  for (let unit = 0x20a0; unit <= 0x20cf; unit += 1) add(unit, 'currency');
  // Kana and ideographs, which no space follows.
  for (let unit = 0x3040; unit <= 0x9fff; unit += 1) add(unit, 'opener');
  return table;
}

let made: Uint8Array | undefined;

function may(unit: Unit, what: keyof typeof is): boolean {
  made ??= toTable();
  return unit !== undefined && ((made[unit] as number) & is[what]) !== 0;
}

/** The wide signs of East Asia, as the others. */
const wide: Readonly<Record<number, number>> = {
  65284: 0x24,
  65504: 0xa2,
  65505: 0xa3,
  65509: 0xa5,
  65510: 0x20a9,
};

/** The place before which no sign of direction stands. */
function unmarked(text: Uint16Array, from: number): number {
  let at = from;
  while (may(text[at - 1], 'direction')) at -= 1;
  return at;
}

/** Where the sign of a currency before a number stands; undefined: nowhere, or it belongs to another number. */
function currencyBefore(text: Uint16Array, from: number): number | undefined {
  const at = may(text[from - 1], 'blank') ? from - 2 : from - 1;
  if (!may(text[at], 'currency')) return undefined;
  const before = may(text[at - 1], 'blank') ? text[at - 2] : text[at - 1];
  return isDigit(before) ? undefined : at;
}

function currencyBehind(text: Uint16Array, end: number): number | undefined {
  const at = may(text[end], 'blank') ? end + 1 : end;
  if (!may(text[at], 'currency')) return undefined;
  const next = may(text[at + 1], 'blank') ? text[at + 2] : text[at + 1];
  return isDigit(next) ? undefined : at;
}

/** What a dash before a number, or before its currency, says. */
function signOf(
  text: Uint16Array,
  first: number,
  end: number,
  isItem: boolean,
): NumberFacts['sign'] {
  const from = unmarked(text, first);
  const before = text[from - 1];
  if (may(before, 'dash')) {
    const dash = unmarked(text, from - 1);
    const isSign = dash === 0 || may(text[dash - 1], 'opener');
    return isSign && !isItem ? 'minus' : 'unsure';
  }
  const behind = may(text[end], 'blank') ? text[end + 1] : text[end];
  if (may(before, 'doubtful') || may(behind, 'dash') || may(behind, 'doubtful')) return 'unsure';
  return may(before, 'blank') && (may(text[from - 2], 'dash') || may(text[from - 2], 'doubtful'))
    ? 'unsure'
    : undefined;
}

/** Whether nothing but letters, digits and plain marks stands within two places of a number: so it is with most of them. */
function hasPlainNeighbours(text: Uint16Array, from: number, end: number): boolean {
  const anything = is.dash | is.doubtful | is.currency | is.direction;
  made ??= toTable();
  const around =
    (made[text[from - 1] as number] as number) |
    (made[text[from - 2] as number] as number) |
    (made[text[end] as number] as number) |
    (made[text[end + 1] as number] as number);
  return (around & anything) === 0;
}

/** What stands around a number; undefined: nothing that says more of it. `isItem`: it begins a line that is not the first. */
export function factsOf(
  text: Uint16Array,
  from: number,
  { end, parts, isPhone, isSequence }: NumberReading,
  { isItem, run }: { readonly isItem: boolean; readonly run: RunFacts | undefined },
): NumberFacts | undefined {
  const several = (parts ?? run) && {
    ...(parts && { parts }),
    ...(isPhone && { isPhone }),
    ...(isSequence && { isSequence }),
    ...(run && { run }),
  };
  if (hasPlainNeighbours(text, from, end)) return several;
  const money = currencyBefore(text, unmarked(text, from));
  const sign = signOf(text, money ?? from, end, isItem) ?? signOf(text, from, end, isItem);
  const unit = text[money ?? currencyBehind(text, end) ?? text.length];
  if (sign === undefined && unit === undefined) return several;
  return {
    ...several,
    ...(sign && { sign }),
    ...(unit && { currency: wide[unit] ?? unit }),
  };
}
