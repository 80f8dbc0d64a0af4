const printable = /^[\x21-\x7e]+$/;

/** Why a value cannot be a key, without showing it; undefined when it can. */
export function apiKeyIssue(value: unknown): string | undefined {
  if (typeof value === 'string' && printable.test(value)) return undefined;
  const what =
    typeof value !== 'string' ? typeof value : value === '' ? 'an empty string' : 'what was given';
  return `apiKey must be a string of printable ASCII characters without blanks or line ends, not ${what}`;
}
