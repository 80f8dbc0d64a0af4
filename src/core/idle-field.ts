import { isPlainObject } from './text/plain-object.ts';

/**
 * The first field of what was given that is none of those that are looked at; undefined: there is none. Objects of a class, as a
 * request is one, may have fields of their own.
 */
export function idleField(given: unknown, known: readonly string[]): string | undefined {
  if (!isPlainObject(given)) return undefined;
  return Object.keys(given).find((name) => !known.includes(name));
}
