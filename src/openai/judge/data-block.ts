import { unicodeEscaped } from '../../core/text/unicode-escaped.ts';

/**
 * What must not stand in a block as it is: blanks other than a space, signs that are not seen or that turn the direction
 * of writing, halves of pairs, what marks and special tokens are made of, and what a tokenizer may take for that.
 */
const active =
  /[^\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]|\p{Default_Ignorable_Code_Point}|[<>&`＜＞﹤﹥]|\[(?=\/?[A-Z_]{2,}\])/gu;

const isHighHalf = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

/** The beginning of a text, in UTF-16 units; no pair is split. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = isHighHalf(text.charCodeAt(maxChars - 1)) ? maxChars - 1 : maxChars;
  return text.slice(0, end);
}

/** A text as data in a message: a JSON string on a line of its own, between two lines that hold the message's mark. */
export function dataBlock(name: string, text: string, mark: string, maxChars: number): string {
  const quoted = JSON.stringify(cut(text, maxChars)).replace(active, unicodeEscaped);
  return `<<<${name} ${mark}\n${quoted}\n${name} ${mark}>>>`;
}
