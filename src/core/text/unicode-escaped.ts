/** A character as JSON writes it without showing it: `\u` and four hexadecimal digits for each of its UTF-16 units. */
export function unicodeEscaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const unit = character.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
