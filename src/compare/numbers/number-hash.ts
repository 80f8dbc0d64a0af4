import { mixed, startOfHash, withUnit } from '../words/token-hash.ts';

const [zero, dot] = [0x30, 0x2e];

/** Whether a code unit is one of the digits 0 to 9; there is none beyond the ends of a text. */
export const isDigit = (unit: number | undefined): boolean =>
  unit !== undefined && unit >= zero && unit <= 0x39;

/**
 * Whether a number may begin with so many digits before a mark of thousands. Nobody writes 0,125 for 125, or 12345.678 for
 * millions.
 */
const mayLead = (text: Uint16Array, from: number, digits: number): boolean =>
  digits <= 3 && (text[from] as number) !== zero;

/**
 * The place of the decimal mark: the last one, unless it is one of thousands, which exactly three digits follow, and before
 * which there is no other mark than its like.
 */
function decimalAt(text: Uint16Array, from: number, to: number): number {
  let last = to;
  let first = to;
  let areAlike = true;
  for (let at = to - 1; at > from; at -= 1) {
    if (isDigit(text[at])) continue;
    if (last === to) last = at;
    areAlike &&= text[at] === text[last];
    first = at;
  }
  const isOfThousands = to - last === 4 && areAlike && mayLead(text, from, first - from);
  return isOfThousands ? to : last;
}

/** Digits with one mark among them, or none: `decimal` is its place, or the end. */
export function digitsHash(text: Uint16Array, from: number, to: number, decimal: number): number {
  let end = to;
  while (end > decimal + 1 && (text[end - 1] as number) === zero) end -= 1;
  let hash = startOfHash;
  let isLeading = true;
  for (let at = from; at < end; at += 1) {
    const unit = text[at] as number;
    if (at === decimal && end > decimal + 1) hash = withUnit(hash, dot);
    else if (!isDigit(unit) || (isLeading && unit === zero && at < decimal)) continue;
    else hash = withUnit(hash, unit);
    isLeading = false;
  }
  return mixed(hash);
}

/** The hash of a number by its value: zeros at its ends and marks of thousands make no difference. */
export function numberHash(text: Uint16Array, from: number, to: number): number {
  return digitsHash(text, from, to, decimalAt(text, from, to));
}

/** The same for a number times a power of ten, before which a mark is that of decimals: `1.5e6` is `1500000`. */
export function scaledHash(text: Uint16Array, from: number, to: number, exponent: number): number {
  let mark = to;
  for (let at = from; at < to; at += 1) if (!isDigit(text[at])) mark = at;
  const digits = mark < to ? to - from - 1 : to - from;
  const whole = mark - from + exponent;
  // As it would be written without the power: zeros, its digits, zeros, and a mark somewhere in between.
  const [before, decimal] = [Math.max(0, -whole) + 1, Math.max(0, whole) + 1];
  const plain = new Uint16Array(Math.max(before + digits, decimal) + 1).fill(zero);
  plain[decimal] = dot;
  for (let at = from, nth = before; at < to; at += 1) {
    if (at === mark) continue;
    plain[nth < decimal ? nth : nth + 1] = text[at] as number;
    nth += 1;
  }
  return digitsHash(plain, 0, plain.length, decimal);
}
