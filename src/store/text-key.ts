import { nodeCrypto } from '../core/node-crypto.ts';

/** Code units of JSON up to which a text is its own key: an index of Postgres takes rows of 2,700 bytes. */
const longestKey = 200;

/** The key of a JSON text: itself, or a hash of it where it is long. No JSON begins like a hash does. */
export function jsonKey(json: string): string {
  return json.length <= longestKey ? json : `#${nodeCrypto().hash('sha256', json, 'hex')}`;
}

/** The key of a text that may be anything: by its JSON, which holds neither NUL nor half a character. */
export function textKey(text: string): string {
  return jsonKey(JSON.stringify(text));
}
