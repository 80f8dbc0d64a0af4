/** What providers put into an error for an endpoint that was switched off, in `code` or `type`. */
const retired = new Set([
  'unknown_url',
  'endpoint_gone',
  'invalid_url',
  'api_removed',
  'deprecated',
]);
const retiredMessage = /^(404 )?(invalid url|unknown request url)/i;

/**
 * Whether an error says that legacy no longer exists: HTTP 410, or a 404 for the endpoint itself. A 404 for a thread
 * or a message is ordinary and is not one.
 */
export function isGoneByDefault(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  const { status, statusCode, code, type, message } = reason as Record<string, unknown>;
  const answered = status ?? statusCode;
  if (answered === 410) return true;
  if (answered !== 404) return false;
  const names = [code, type].some((name) => typeof name === 'string' && retired.has(name));
  return names || (typeof message === 'string' && retiredMessage.test(message));
}
