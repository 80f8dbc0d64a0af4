/** The arguments of a call, which models write as JSON; what is no JSON stays as it is. */
export function parsedArguments(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
