/** FNV-1a over code units, mixed at the end as murmur3 does: FNV alone is uneven for numbers that follow each other. */
export const startOfHash = 0x811c9dc5;

const prime = 0x01000193;
const [zero, dot] = [0x30, 0x2e];

/** The hash with one more unit. */
export function withUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, prime);
}

/** The hash as it is told. */
export function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

const isDigit = (unit: number): boolean => unit >= zero && unit <= 0x39;

/** The place of the decimal mark: the last one, unless exactly three digits follow it, which makes it one of thousands. */
function decimalAt(text: Uint16Array, from: number, to: number): number {
  for (let at = to - 1; at > from; at -= 1) {
    if (!isDigit(text[at] as number)) return to - at - 1 === 3 ? to : at;
  }
  return to;
}

/** The hash of a number by its value: zeros at its ends and marks of thousands make no difference. */
export function numberHash(text: Uint16Array, from: number, to: number): number {
  const decimal = decimalAt(text, from, to);
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
