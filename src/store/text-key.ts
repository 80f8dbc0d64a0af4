import { nodeCrypto } from '../core/node-crypto.ts';

/** Code units of JSON up to which a text is its own key: an index of Postgres takes rows of 2,700 bytes. */
const longestKey = 200;

/**
 * The key of a text that may be anything: its JSON, which holds neither NUL nor half a character, or a hash of that where
 * it is long. JSON of a text begins with a quotation mark, so that the two never meet.
 */
export function textKey(text: string): string {
  const json = JSON.stringify(text);
  return json.length <= longestKey ? json : `#${nodeCrypto().hash('sha256', json, 'hex')}`;
}
