/** How values of JSON end that begin with a sign of their own. */
const endings: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"' };

/** Exactly JSON's own: dates, versions and the `1.` of a list are words. */
const bare = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** What may follow the sign that a value begins with: `[link]`, `{name}` and a quotation mark alone are words. */
const begun = /^(?:\{\s*["}]|\[\s*(?:["[{\]\d-]|true|false|null)|"[\s\S]*"$)/;

/**
 * Whether it is worth parsing: finding out by the error that words throw costs as much as parsing a hundred of them would.
 */
export function looksLikeJson(text: string): boolean {
  const value = text.trim();
  const ending = endings[value[0] ?? ''];
  return ending === undefined ? bare.test(value) : value.endsWith(ending) && begun.test(value);
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
