import type { Issue } from './replies.ts';

type Location = readonly (string | number)[];

/** A checked value, or why it was refused. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Checks one value; `undefined` means that it was not given. */
export type Field<T> = (value: unknown, loc: Location) => Checked<T>;

/** One field a property. */
export type Schema<T> = { readonly [K in keyof T]-?: Field<T[K]> };

const good = <T>(value: T): Checked<T> => ({ ok: true, value });
const bad = (loc: Location, type: string, msg: string): Checked<never> => ({
  ok: false,
  issues: [{ loc, msg, type }],
});
const missing = (loc: Location): Checked<never> => bad(loc, 'missing', 'The field is required.');

const loneSurrogate = /\p{Surrogate}/u;

/** A string of at most `max` Unicode code points. */
export function text(max: number, min = 0): Field<string> {
  return (value, loc) => {
    if (value === undefined) return missing(loc);
    if (typeof value !== 'string') return bad(loc, 'string_type', 'Must be a string.');
    if (loneSurrogate.test(value)) return bad(loc, 'string_unicode', 'Must be valid Unicode.');
    // Code points are never more than code units, so most texts need no count.
    const length = value.length > max ? [...value].length : value.length;
    if (length > max) return bad(loc, 'string_too_long', `At most ${max} characters.`);
    if (length < min) return bad(loc, 'string_too_short', `At least ${min} characters.`);
    return good(value);
  };
}

/** Bounds of a number. */
export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  readonly integer?: boolean;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A number, or a string that reads as one. */
export function number(bounds: NumberBounds = {}): Field<number> {
  const kind = bounds.integer === true ? 'int_parsing' : 'float_parsing';
  return (value, loc) => {
    if (value === undefined) return missing(loc);
    const parsed = toNumber(value);
    if (parsed === undefined) return bad(loc, kind, 'Must be a number.');
    const { min, max, above, integer } = bounds;
    if (max !== undefined && parsed > max) {
      return bad(loc, 'less_than_equal', `Must be at most ${max}.`);
    }
    if (min !== undefined && parsed < min) {
      return bad(loc, 'greater_than_equal', `Must be at least ${min}.`);
    }
    if (above !== undefined && parsed <= above) {
      return bad(loc, 'greater_than', `Must be greater than ${above}.`);
    }
    if (integer && !Number.isInteger(parsed)) return bad(loc, kind, 'Must be an integer.');
    return good(parsed);
  };
}

const truths = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['true', true],
  ['1', true],
  [false, false],
  [0, false],
  ['false', false],
  ['0', false],
]);

/** A boolean, or what reads as one. */
export const flag: Field<boolean> = (value, loc) => {
  if (value === undefined) return missing(loc);
  const parsed = truths.get(value);
  return parsed === undefined ? bad(loc, 'bool_parsing', 'Must be a boolean.') : good(parsed);
};

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): Field<T> {
  return (value, loc) => {
    if (value === undefined) return missing(loc);
    const word = words.find((candidate) => candidate === value);
    return word === undefined
      ? bad(loc, 'literal_error', `Must be one of ${words.join(', ')}.`)
      : good(word);
  };
}

/** A list of at most `max` items. */
export function list<T>(item: Field<T>, max = Number.POSITIVE_INFINITY): Field<readonly T[]> {
  return (value, loc) => {
    if (value === undefined) return missing(loc);
    if (!Array.isArray(value)) return bad(loc, 'list_type', 'Must be a list.');
    if (value.length > max) return bad(loc, 'too_long', `At most ${max} items.`);
    const checked = value.map((entry: unknown, index) => item(entry, [...loc, index]));
    const issues = checked.flatMap((one) => (one.ok ? [] : one.issues));
    if (issues.length > 0) return { ok: false, issues };
    return good(checked.flatMap((one) => (one.ok ? [one.value] : [])));
  };
}

/** Any JSON object, as it is. */
export const record: Field<Readonly<Record<string, unknown>>> = (value, loc) => {
  if (value === undefined) return missing(loc);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? good(value as Record<string, unknown>)
    : bad(loc, 'dict_type', 'Must be an object.');
};

/** A field that may be absent or null. */
export function optional<T, F>(field: Field<T>, fallback: F): Field<T | F> {
  return (value, loc) =>
    value === undefined || value === null ? good(fallback) : field(value, loc);
}

/** An object of which the named fields are checked and all others ignored. */
export function object<T>(schema: Schema<T>): Field<T> {
  const fields = Object.entries(schema) as [string, Field<unknown>][];
  return (value, loc) => {
    if (value === undefined || value === null) return missing(loc);
    if (typeof value !== 'object' || Array.isArray(value)) {
      return bad(loc, 'model_attributes_type', 'Must be an object.');
    }
    const source = value as Record<string, unknown>;
    const checked = fields.map(([name, field]) => {
      const given = Object.hasOwn(source, name) ? source[name] : undefined;
      return [name, field(given, [...loc, name])] as const;
    });
    const issues = checked.flatMap(([, one]) => (one.ok ? [] : one.issues));
    if (issues.length > 0) return { ok: false, issues };
    return good(
      Object.fromEntries(checked.map(([name, one]) => [name, one.ok ? one.value : undefined])) as T,
    );
  };
}
