/** A field's name as the service writes it, turned into ours. */
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** An object of the service with our field names. */
export type CamelKeys<T> = { [K in keyof T as K extends string ? Camel<K> : K]: T[K] };

/** Renames the fields of one object, not of what it holds: `pattern_count` becomes `patternCount`. */
export function camelKeys<T extends object>(value: T): CamelKeys<T> {
  const entries = Object.entries(value).map(([key, field]) => [
    key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
    field,
  ]);
  return Object.fromEntries(entries);
}

/** The way back: `evalScore` becomes `eval_score`. Fields that were not given are left out. */
export function snakeKeys(value: object): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), field]);
  return Object.fromEntries(entries);
}
