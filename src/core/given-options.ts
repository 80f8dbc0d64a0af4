/** The options of an object without what stands for "not given". */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Options of which each is given: the defaults stand for what was not. */
export type Filled<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** Only what was given: `undefined` means "not given", and must not hide a default. */
export function givenOptions<T extends object>(options: T | undefined): Given<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
