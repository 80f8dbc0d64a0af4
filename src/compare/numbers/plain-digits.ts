/** Digits of the scripts that models write numbers in, and Arabic's marks of decimals and of thousands. */
const others =
  /[\u0660-\u0669\u066b\u066c\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19]/g;

/** Below there are none. Of texts of one byte a character it takes nothing to know. */
const mayHaveOthers = /[\u0660-\uffff]/;

const marks: Readonly<Record<string, string>> = { '\u066b': '.', '\u066c': ',' };

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
