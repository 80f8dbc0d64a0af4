/** How values of JSON end that begin with a sign of their own. */
const endings: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"' };

const bare = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;

/**
 * Whether it is worth parsing: finding out by the error that words throw costs as much as parsing a hundred of them would.
 */
export function looksLikeJson(text: string): boolean {
  const value = text.trim();
  const ending = endings[value[0] ?? ''];
  return ending === undefined ? bare.test(value) : value.endsWith(ending);
}

/** What a text says that models or services write as JSON; what is no text, or no JSON, stays as it is. */
export function parsedJson(given: unknown): unknown {
  if (typeof given !== 'string' || !looksLikeJson(given)) return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
