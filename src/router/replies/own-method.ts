/** Gives one object a method of its own, not enumerable, over the one it has. False: it does not let itself be changed. */
export function ownMethod(
  target: object,
  name: PropertyKey,
  value: (this: unknown, ...args: never[]) => unknown,
): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** Gives an object that method, and what puts back what was there; undefined where it does not let itself be changed. */
export function replaceMethod(
  target: object,
  name: PropertyKey,
  value: (this: unknown, ...args: never[]) => unknown,
): (() => void) | undefined {
  const own = Reflect.getOwnPropertyDescriptor(target, name);
  if (!ownMethod(target, name, value)) return undefined;
  return () => {
    // Somebody may have put another over it since.
    if (Reflect.getOwnPropertyDescriptor(target, name)?.value !== value) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Reflect.defineProperty(target, name, own);
  };
}
