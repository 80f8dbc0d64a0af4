const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');

/**
 * A copy of what a leg gets, for a mirror, which may change it. Throws where there is none. Texts, and objects that hold
 * texts and numbers alone, are what most legs get, and cloning them would cost as much as the rest of a mirrored call.
 */
export function argumentCopy<Argument>(argument: Argument): Argument {
  if (isPrimitive(argument)) return argument;
  return flatCopyOf(argument) ?? structuredClone(argument);
}

/** The same of all arguments of a call: what one of them shares with another, their copies share too. */
export function argumentCopies(args: unknown[]): unknown[] {
  if (args.every(isPrimitive)) return args.slice();
  const objects = args.filter((arg) => !isPrimitive(arg));
  return objects.length > 1 ? structuredClone(args) : args.map((arg) => argumentCopy(arg));
}

/** Undefined: there is more to copy than fields. */
function flatCopyOf<Argument>(argument: Argument): Argument | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if (Object.getPrototypeOf(argument) !== Object.prototype) return undefined;
  if (Object.getOwnPropertySymbols(argument).length > 0) return undefined;
  const copy = { ...argument };
  return Object.values(copy).every(isPrimitive) ? copy : undefined;
}
