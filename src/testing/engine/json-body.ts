import type { EngineRequest, EngineResponse } from './message.ts';
import { replies } from './replies.ts';

/** Bytes that a body may have: 1 MiB. */
export const maxBodyBytes = 1_048_576;

/** A body that was read, or the answer to one that cannot be. */
export type ReadBody = { readonly json: unknown } | { readonly response: EngineResponse };

const decoder = new TextDecoder('utf-8', { fatal: true });
const syntaxError = (): ReadBody => ({
  response: replies.invalid([
    { loc: ['body', 0], msg: 'The body is not JSON.', type: 'json_invalid' },
  ]),
});

/** Reads a body as the service does, before it asks who is calling. */
export function readJsonBody(request: EngineRequest): ReadBody {
  if (request.body.length > maxBodyBytes) return { response: replies.unparsable() };
  if (request.body.length === 0) return { json: undefined };
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  // Any other type is a string to the schema, which refuses it after the key was checked.
  if (type !== undefined && !/^application\/(?:.+\+)?json$/u.test(type)) return { json: '' };
  return parse(request.body);
}

function parse(bytes: Uint8Array): ReadBody {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { response: replies.unparsable() };
  }
  try {
    return { json: JSON.parse(text) };
  } catch {
    return parseLenient(text);
  }
}

const stringOrWord = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gu;

/** Python's parser takes `NaN` and `Infinity`; both end as numbers that no bound admits. */
function parseLenient(text: string): ReadBody {
  const numbers = text.replace(stringOrWord, (token) => {
    if (token.startsWith('"')) return token;
    return token.startsWith('-') ? '-1e999' : '1e999';
  });
  if (numbers === text) return syntaxError();
  try {
    return { json: JSON.parse(numbers) };
  } catch {
    return syntaxError();
  }
}
