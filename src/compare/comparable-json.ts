import { canonicalJson } from '../core/text/canonical-json.ts';
import { parsedJson } from '../core/text/parsed-json.ts';

/** Values that arguments may consist of; tools take less. */
const mostValues = 5_000;

const deepest = 64;

/** UTF-16 units of all names and texts in them: a megabyte would hold the event loop for 10 ms. */
const mostUnits = 128 * 1024;

/**
 * The same JSON for the same data (RFC 8785), and something for any data at all: what JSON leaves out is left out, text that
 * holds JSON counts as what it says. Texts of more than 128 Ki characters count as their beginning and their length. Throws
 * what cannot be read.
 */
export function comparableJson(value: unknown): string {
  let left = mostValues;
  let units = mostUnits;
  const written = (text: string): string => {
    const kept = text.slice(0, units);
    units -= kept.length;
    return (kept.length === text.length ? text : `${kept}… ${text.length}`).toWellFormed();
  };
  const plain = (given: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0 || depth > deepest) throw tooMany();
    const said = toPlain(given);
    if (typeof said === 'string') return written(said);
    if (typeof said !== 'object' || said === null) return simple(said);
    // One of holes alone may be longer than there is time for.
    if (Array.isArray(said) && said.length > left) throw tooMany();
    if (Array.isArray(said)) return said.map((item) => plain(item, depth + 1) ?? null);
    // Without a prototype, so that a field named `__proto__` is a field.
    const fields: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(said)) {
      const value = plain(item, depth + 1);
      if (value !== undefined) fields[written(key)] = value;
    }
    return fields;
  };
  return canonicalJson(plain(parsed(value), 0) ?? null);
}

const tooMany = (): RangeError => new RangeError('Too many values to be compared.');

/** What JSON makes of an object that says so itself, a date for one. */
function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value, '') : value;
}

/** What JSON makes of anything else; undefined for what it leaves out. */
function simple(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

/** Models give arguments as text: what matters is what it says, not how it is written. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > mostUnits || !/^\s*[[{]/.test(value)) {
    return value;
  }
  return parsedJson(value);
}
