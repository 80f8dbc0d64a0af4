import { hasPlainPrototype } from './text/plain-object.ts';

/**
 * The first field of what was given that is none of those that are looked at; undefined: there is none. Objects of a class, as a
 * request is one, may have fields of their own.
 */
export function idleField(given: object, known: readonly string[]): string | undefined {
  // Without a list of them: a caller waits for this.
  for (const name in given) {
    if (!known.includes(name)) return hasPlainPrototype(given) ? name : undefined;
  }
  return undefined;
}
