const tags: ReadonlySet<string> = new Set(['[object Error]', '[object DOMException]']);

/**
 * Whether a value is an error, also one of another realm: test runners give each file a realm of its own, and Node's own errors are
 * of the first.
 */
export const isError = (value: unknown): value is Error =>
  value instanceof Error || tags.has(Object.prototype.toString.call(value));
