/** What a text says that models or services write as JSON; what is no text, or no JSON, stays as it is. */
export function parsedJson(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
