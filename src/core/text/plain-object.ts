/** Whether an object is of no class. */
export function hasPlainPrototype(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is an object of named fields alone. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  hasPlainPrototype(value) &&
  Object.getOwnPropertySymbols(value).length === 0;
