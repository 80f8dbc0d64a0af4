const group = (count: number): string => count.toLocaleString('en-US');

/** Code points, counted only where the length in code units does not settle it. */
function codePoints(text: string): number {
  let count = 0;
  for (const _point of text) count += 1;
  return count;
}

/** Why the service would refuse or garble a text, whatever it says; undefined when it would not. */
export function garbledBy(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? undefined : 'holds half of a surrogate pair';
}

/** Why a text cannot be sent, with the limit it breaks; undefined when it can. `max` counts code points. */
export function textProblem(text: string, max: number): string | undefined {
  if (text.trim() === '') return `is blank; give 1 to ${group(max)} characters`;
  const garbled = garbledBy(text);
  if (garbled !== undefined || text.length <= max) return garbled;
  const count = text.length > 2 * max ? undefined : codePoints(text);
  if (count === undefined) return `is longer than the limit of ${group(max)} characters`;
  return count <= max
    ? undefined
    : `is ${group(count)} characters long; the limit is ${group(max)}`;
}
