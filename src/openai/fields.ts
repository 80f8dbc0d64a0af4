/** JSON of a service, as it is looked into: any field may be missing. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value's fields; none where it is no object. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** A list as it is looked through; empty where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text, or undefined. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Characters of a service's sentence that say what it is about; what is longer repeats what was sent. */
const longestSentence = 2_000;

/** The message of an error as it is searched: short, as some searches take time with the square of its length. */
export const sentenceOf = (error: Fields): string =>
  (textOf(error.message) ?? '').slice(0, longestSentence);
