/** Only what was given: `undefined` means "not given", and must not hide a default. */
export function givenOptions<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
