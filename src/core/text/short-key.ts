import { fingerprint } from './fingerprint.ts';

/** UTF-16 units up to which a key is its own: ids are shorter. */
const longestKey = 512;

/** As no key of ours begins. */
const hashed = '\0#';

/**
 * What something is remembered by under a key: the key itself or, of one that is longer than ids are, a hash of it. Clients name
 * their users and conversations, and a few thousand names of a megabyte are all the memory there is.
 */
export function shortKey(key: string): string {
  if (key.length <= longestKey) return key;
  // As JSON, in which halves of characters are told apart.
  return hashed + fingerprint(JSON.stringify(key), 64);
}
