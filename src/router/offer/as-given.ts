import { attempt } from '../../core/attempt.ts';
import { isPlainObject } from '../../core/text/plain-object.ts';

/** How deep in an object lists are looked for: `{ messages }`, and `{ thread: { messages } }`. */
const deepest = 2;

/**
 * A value as it was given: lists of its own, and of everything else the very same. Callers and legs add the answer to the
 * history that they have, and a mirror that found it there would be compared with what it was told. Getters are not run.
 */
export function asGiven<Given>(given: Given): Given {
  return attempt(() => withOwnLists(given, deepest)) ?? given;
}

/** The same of all arguments of a call: those themselves where they are texts, as most are. */
export const allAsGiven = (args: readonly unknown[]): readonly unknown[] =>
  args.some(isObject) ? args.map((arg) => asGiven(arg)) : args;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** One of a class of the app's would be made by its constructor. */
const isPlainList = (list: object): boolean => Object.getPrototypeOf(list) === Array.prototype;

function withOwnLists<Given>(given: Given, depth: number): Given {
  if (Array.isArray(given)) return isPlainList(given) ? (given.slice() as Given) : given;
  return depth > 0 && isPlainObject(given) ? (withOwnFields(given, depth) as Given) : given;
}

/** The object itself where it has no lists. */
function withOwnFields(given: Record<string, unknown>, depth: number): Record<string, unknown> {
  let own: Record<string, unknown> | undefined;
  for (const name of Object.keys(given)) {
    const value: unknown = Object.getOwnPropertyDescriptor(given, name)?.value;
    const kept = withOwnLists(value, depth - 1);
    if (kept === value) continue;
    own ??= Object.defineProperties({}, Object.getOwnPropertyDescriptors(given));
    Object.defineProperty(own, name, { value: kept });
  }
  return own ?? given;
}
