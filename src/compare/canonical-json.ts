/** Values that arguments may consist of; tools take less. */
const mostValues = 5_000;

const deepest = 64;

/** The same JSON for the same data: RFC 8785's order of keys and its numbers. Throws what cannot be read. */
export function canonicalJson(value: unknown): string {
  let left = mostValues;
  const write = (given: unknown, depth: number): string | undefined => {
    left -= 1;
    if (left < 0 || depth > deepest) throw new RangeError('Too many values to be compared.');
    const plain = toPlain(given);
    if (typeof plain !== 'object' || plain === null) return JSON.stringify(plain);
    if (Array.isArray(plain)) {
      return `[${plain.map((item) => write(item, depth + 1) ?? 'null').join(',')}]`;
    }
    const fields = plain as Readonly<Record<string, unknown>>;
    const members = Object.keys(fields)
      .sort()
      .map((key) => [JSON.stringify(key), write(fields[key], depth + 1)])
      .filter(([, written]) => written !== undefined);
    return `{${members.map(([key, written]) => `${key}:${written}`).join(',')}}`;
  };
  return write(parsed(value), 0) ?? 'null';
}

/** What JSON makes of an object that says so itself, a date for one. */
function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value, '') : value;
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
