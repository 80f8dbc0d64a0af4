/** Whether a value is an error, also one of another realm: test runners give each file a realm of its own, and Node's own errors are of the first. */
export const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
