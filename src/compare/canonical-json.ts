import { canonicalJson as strictJson } from '../core/canonical-json.ts';

/** Values that arguments may consist of; tools take less. */
const mostValues = 5_000;

const deepest = 64;

/**
 * The same JSON for the same data (RFC 8785), and something for any data at all: what JSON leaves out is left out, text that
 * holds JSON counts as what it says. Throws what cannot be read.
 */
export function canonicalJson(value: unknown): string {
  let left = mostValues;
  const plain = (given: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0 || depth > deepest) throw new RangeError('Too many values to be compared.');
    const said = toPlain(given);
    if (typeof said !== 'object' || said === null) return simple(said);
    if (Array.isArray(said)) return said.map((item) => plain(item, depth + 1) ?? null);
    // Without a prototype, so that a field named `__proto__` is a field.
    const fields: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(said)) {
      const written = plain(item, depth + 1);
      if (written !== undefined) fields[key.toWellFormed()] = written;
    }
    return fields;
  };
  return strictJson(plain(parsed(value), 0) ?? null);
}

/** What JSON makes of an object that says so itself, a date for one. */
function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value, '') : value;
}

/** What JSON makes of anything else; undefined for what it leaves out. */
function simple(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

/** Models give arguments as text: what matters is what it says, not how it is written. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
