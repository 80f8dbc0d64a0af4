import { nodeCrypto } from '../node-crypto.ts';

/** A short name for a text that must not be told itself: the first hex digits of its SHA-256, 64 bits by default. */
export function fingerprint(text: string, digits = 16): string {
  return nodeCrypto().hash('sha256', text, 'hex').slice(0, digits);
}
