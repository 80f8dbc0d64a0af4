/** FNV-1a over code units, mixed at the end as murmur3 does: FNV alone is uneven for numbers that follow each other. */
export const startOfHash = 0x811c9dc5;

const prime = 0x01000193;

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
