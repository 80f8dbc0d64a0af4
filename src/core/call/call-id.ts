import { nodeCrypto } from '../node-crypto.ts';
import { flatCopy } from '../text/text.ts';

/** The last two digits of an id, by their value. */
const endings = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

let stem = '';
let used = endings.length;

/**
 * An id that no other call has: a UUID of 114 random bits, the last eight of which count. One that is random as a whole costs
 * eight times as much, and a call in the shadow a fifteenth more.
 */
export function nextCallId(): string {
  if (used === endings.length) {
    stem = flatCopy(nodeCrypto().randomUUID().slice(0, -2));
    used = 0;
  }
  const id = stem + (endings[used] as string);
  used += 1;
  return id;
}
