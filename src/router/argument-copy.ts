import { flatCopy } from '../core/text.ts';

const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');

/**
 * A copy of what a leg gets, for a mirror, which may change it. Throws where there is none. Texts, and objects that hold
 * texts and numbers alone, are what most legs get, and cloning them would cost as much as the rest of a mirrored call.
 * Texts in memory of their own, too: one that was cut from a body would keep all of that as long as the mirror waits.
 */
export function argumentCopy<Argument>(argument: Argument): Argument {
  if (isPrimitive(argument)) return ownText(argument);
  return flatObjectCopy(argument) ?? structuredClone(argument);
}

/** The same of all arguments of a call: what one of them shares with another, their copies share too. */
export function argumentCopies(args: unknown[]): unknown[] {
  if (args.every(isPrimitive)) return args.map(ownText);
  const objects = args.filter((arg) => !isPrimitive(arg));
  return objects.length > 1 ? structuredClone(args) : args.map((arg) => argumentCopy(arg));
}

const ownText = <Value>(value: Value): Value =>
  typeof value === 'string' ? (flatCopy(value) as Value) : value;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.getOwnPropertySymbols(value).length === 0;

/** Undefined: there is more to copy than fields. */
function flatObjectCopy<Argument>(argument: Argument): Argument | undefined {
  if (!isPlain(argument)) return undefined;
  const copy = withOwnTexts(argument, [], []);
  return Object.values(copy).every(isPrimitive) ? copy : undefined;
}

/**
 * A plain object again with texts in memory of their own; what is no plain one is itself. A text that is an argument, too,
 * is the copy that was made of that.
 */
export function withOwnTexts<Given>(
  given: Given,
  args: readonly unknown[],
  copies: readonly unknown[],
): Given {
  if (!isPlain(given)) return given;
  const copy: Record<string, unknown> = { ...given };
  for (const name of Object.keys(copy)) {
    const value = copy[name];
    if (typeof value !== 'string') continue;
    const known = copies[args.indexOf(value)];
    copy[name] = known === value ? known : flatCopy(value);
  }
  return copy as Given;
}
