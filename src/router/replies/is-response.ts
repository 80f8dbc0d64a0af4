/**
 * Whether a value is a `Response`. By brand: one of another realm, of a separate undici or of a server of its own is one too.
 * No field of it is read: some servers make what they send of an untouched one faster.
 */
export const isResponse = (value: unknown): value is Response =>
  Object.prototype.toString.call(value) === '[object Response]' && 'headers' in (value as object);
