/** A field's name as the service writes it, turned into ours. */
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** An object of the service with our field names. */
export type CamelKeys<T> = { [K in keyof T as K extends string ? Camel<K> : K]: T[K] };

/** Names that are remembered, and characters of one: far more than there are, for the service may send any. */
const mostNames = 500;
const longestName = 64;

/** A name is turned into another one once, not with every call. */
function remembered(rename: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const renamed = rename(name);
    if (known.size < mostNames && name.length <= longestName) known.set(name, renamed);
    return renamed;
  };
}

const toCamel = remembered((name) =>
  name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
);
const toSnake = remembered((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** Renames the fields of one object, not of what it holds: `pattern_count` becomes `patternCount`. */
export function camelKeys<T extends object>(value: T): CamelKeys<T> {
  const renamed: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const name = toCamel(key);
    // What the service says in our spelling is a field that nobody has checked: it stands in no checked one's place.
    if (name !== key || !Object.hasOwn(renamed, name)) put(renamed, name, value[key as keyof T]);
  }
  return renamed as CamelKeys<T>;
}

/** The way back: `evalScore` becomes `eval_score`. Fields that were not given are left out. */
export function snakeKeys(value: object): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field: unknown = value[key as keyof typeof value];
    if (field !== undefined) put(renamed, toSnake(key), field);
  }
  return renamed;
}

/**
 * Assigned, which costs less than half of making entries of them, but for names that every object has: one of them would set
 * the prototype, and apps that freeze it make assigning the others throw.
 */
function put(object: Record<string, unknown>, name: string, field: unknown): void {
  if (!(name in Object.prototype)) object[name] = field;
  else Object.defineProperty(object, name, ofTheirOwn(field));
}

const ofTheirOwn = (value: unknown): PropertyDescriptor => ({
  value,
  writable: true,
  enumerable: true,
  configurable: true,
});
