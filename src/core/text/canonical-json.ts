import { hasPlainPrototype } from './plain-object.ts';

/** Deeper data is refused: it is a mistake, and it would end in an overflow of the stack. */
const deepest = 100;

type Fields = Readonly<Record<string, unknown>>;

function refusal(what: string, path: string): TypeError {
  return new TypeError(`Cannot be written as canonical JSON: ${path || 'the value'} is ${what}.`);
}

function refuseSimple(value: unknown, path: string): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return;
  if (typeof value !== 'number') throw refusal(typeof value, path);
  if (!Number.isFinite(value)) throw refusal(String(value), path);
}

/** The keys of an object as they were written down, and the order that they have to have. */
interface Shape {
  readonly keys: readonly string[];
  /** Places in `keys`; undefined where they were written down in order. */
  readonly order: readonly number[] | undefined;
  /** Whether no object can have this order: keys of digits always come first, and `__proto__` is not kept. */
  readonly awkward: boolean;
}

/** The last shape seen of each number of keys: events are alike, and comparing costs a sixth of sorting. */
const lastShapes: (Shape | undefined)[] = new Array(33).fill(undefined);

function areSame(some: readonly string[], others: readonly string[]): boolean {
  for (let i = 0; i < some.length; i += 1) {
    if (some[i] !== others[i]) return false;
  }
  return true;
}

function shapeOf(fields: Fields): Shape {
  const keys = Object.keys(fields);
  const last = lastShapes[keys.length];
  if (last !== undefined && areSame(last.keys, keys)) return last;
  // Strings are compared by their UTF-16 units, which is the order that RFC 8785 asks for.
  const compare = (a: number, b: number): number =>
    (keys[a] as string) < (keys[b] as string) ? -1 : 1;
  const places = keys.map((_key, place) => place);
  const inOrder = places.every((place) => place === 0 || compare(place - 1, place) < 0);
  const awkward = keys.some((key) => key === '__proto__' || (key >= '0' && key < ':'));
  const shape = { keys, order: inOrder ? undefined : places.sort(compare), awkward };
  if (keys.length < lastShapes.length) lastShapes[keys.length] = shape;
  return shape;
}

/** Makes a value's canonical form while it refuses what JSON has no words for. */
class Ordering {
  /** Whether some object has an order that no object can have: only text can. */
  awkward = false;

  /** The value itself where its keys stand in order, else a copy in which they do. */
  of(value: unknown, path: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null) {
      refuseSimple(value, path);
      return value;
    }
    if (depth > deepest) throw refusal(`nested deeper than ${deepest} levels`, path);
    if (Array.isArray(value)) return this.#all(value, path, depth + 1);
    if (!hasPlainPrototype(value)) throw refusal('no plain object', path);
    return this.#fields(value, depth + 1);
  }

  /** The same array where nothing in it has to change. */
  #all(values: readonly unknown[], keys: readonly string[] | string, depth: number) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < values.length; i += 1) {
      const given = values[i];
      if (typeof given === 'string' || Number.isFinite(given)) continue; // most of them
      const path = typeof keys === 'string' ? keys : (keys[i] as string);
      const ordered = this.of(given, path, depth);
      if (ordered === given) continue;
      copy ??= [...values];
      copy[i] = ordered;
    }
    return copy ?? values;
  }

  #fields(fields: Fields, depth: number): Fields {
    const { keys, order, awkward } = shapeOf(fields);
    if (awkward) this.awkward = true;
    const values = Object.values(fields);
    const ordered = this.#all(values, keys, depth);
    if (order === undefined && ordered === values) return fields;
    const copy: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i += 1) {
      const place = order === undefined ? i : (order[i] as number);
      copy[keys[place] as string] = ordered[place];
    }
    return copy;
  }
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const fields = value as Fields;
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
  const ordering = new Ordering();
  const ordered = ordering.of(value, '', 0);
  // A copy in order that is written natively takes a third of the time of putting the text together here.
  const text = ordering.awkward ? write(value) : JSON.stringify(ordered);
  if (text.includes('\\ud') && loneSurrogate.test(text)) throw refusal('no valid Unicode', '');
  return text;
}
