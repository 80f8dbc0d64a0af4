const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');

/**
 * A copy of what `read` gave, for a mirror, which may change it. Throws where there is none. An object that holds texts and
 * numbers alone is what most routes read, and cloning it would cost as much as learning its reply.
 */
export function inputCopy<Input>(input: Input): Input {
  return flatCopyOf(input) ?? structuredClone(input);
}

/** Undefined: there is more to copy than fields. */
function flatCopyOf<Input>(input: Input): Input | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  if (Object.getPrototypeOf(input) !== Object.prototype) return undefined;
  if (Object.getOwnPropertySymbols(input).length > 0) return undefined;
  const copy = { ...input };
  return Object.values(copy).every(isPrimitive) ? copy : undefined;
}
