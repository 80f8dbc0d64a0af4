/** Deeper data is refused: it is a mistake, and it would end in an overflow of the stack. */
const deepest = 100;

const isPlain = (value: object): value is Readonly<Record<string, unknown>> => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function refusal(what: string, path: string): TypeError {
  return new TypeError(`Cannot be written as canonical JSON: ${path || 'the value'} is ${what}.`);
}

function refuseSimple(value: unknown, path: string): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return;
  if (typeof value !== 'number') throw refusal(typeof value, path);
  if (!Number.isFinite(value)) throw refusal(String(value), path);
}

/** Refuses what JSON has no words for, and tells whether all keys stand in the canonical order already. */
function inOrder(value: unknown, path: string, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    refuseSimple(value, path);
    return true;
  }
  if (depth > deepest) throw refusal(`nested deeper than ${deepest} levels`, path);
  let ordered = true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      if (!inOrder(value[i], path, depth + 1)) ordered = false;
    }
    return ordered;
  }
  if (!isPlain(value)) throw refusal('no plain object', path);
  let last: string | undefined;
  for (const key of Object.keys(value)) {
    // Strings are compared by their UTF-16 units, which is the order that RFC 8785 asks for.
    if (last !== undefined && !(last < key)) ordered = false;
    last = key;
    if (!inOrder(value[key], key, depth + 1)) ordered = false;
  }
  return ordered;
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(fields[key])}`);
  return `{${members.join(',')}}`;
}

/** Whether JSON text holds an escaped lone surrogate; `\\ud800` is a backslash that was escaped, and harmless. */
const loneSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

/**
 * The one JSON text of a value by RFC 8785: no spaces, keys ordered by UTF-16 units, numbers and strings as ECMAScript
 * writes them.
 *
 * @throws TypeError, naming the key, for what it cannot tell apart or write at all: `undefined`, functions, symbols,
 * bigints, numbers that are not finite, lone surrogates, objects that are not plain, more than 100 levels.
 */
export function canonicalJson(value: unknown): string {
  // Native and twice as fast wherever the keys were written down in order.
  const text = inOrder(value, '', 0) ? JSON.stringify(value) : write(value);
  if (text.includes('\\ud') && loneSurrogate.test(text)) throw refusal('no valid Unicode', '');
  return text;
}
