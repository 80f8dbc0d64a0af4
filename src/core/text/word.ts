const word = /^[\w.:-]{1,64}$/;

/** Whether something is a plain word, as names and codes are. Whatever is not is not told: it may hold anything. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}
