/** Gives one object a method of its own, not enumerable, over the one it has. False: it does not let itself be changed. */
export function ownMethod(
  target: object,
  name: PropertyKey,
  value: (this: unknown, ...args: never[]) => unknown,
): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
}
