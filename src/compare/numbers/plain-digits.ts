/**
 * Digits of the scripts that are written by more than a few, and the marks of decimals and of thousands: Arabic's, and those of
 * full width between digits of full width. A comma of these is one of thousands, or sets apart.
 */
const others =
  /[\u0660-\u0669\u066b\u066c\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0e50-\u0e59\u0ed0-\u0ed9\u0f20-\u0f29\u1040-\u1049\u17e0-\u17e9\uff10-\uff19]|(?<=[\uff10-\uff19])(?:\uff0e(?=[\uff10-\uff19])|\uff0c(?=[\uff10-\uff19]{3}(?![\uff10-\uff19])))/g;

/** Below there are none. Of texts of one byte a character it takes nothing to know. */
const mayHaveOthers = /[\u0660-\uffff]/;

const marks: Readonly<Record<string, string>> = {
  '\u066b': '.',
  '\u066c': ',',
  '\uff0e': '.',
  '\uff0c': ',',
};

/** Of the scripts of India digits begin at the sixth place of a row, of all others at its start. */
function plain(character: string): string {
  const unit = character.charCodeAt(0);
  const first = unit >= 0x900 && unit < 0xe00 ? 6 : 0;
  return marks[character] ?? String((unit & 0xf) - first);
}

/** The text with all numbers in the digits 0 to 9, each character in its place. */
export function plainDigits(text: string): string {
  return mayHaveOthers.test(text) ? text.replace(others, plain) : text;
}
