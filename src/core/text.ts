/** Runs of these characters longer than this cost the service quadratic time, and stop it for everybody. */
const longestRun = 500;

const isRunUnit = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-');

/** Counts Unicode code points, as far as `limit`: a longer text costs no more than the limit. */
export function codePoints(text: string, limit = Number.POSITIVE_INFINITY): number {
  if (text.length <= limit && isSingleUnits(text)) return text.length;
  let count = 0;
  for (let index = 0; index < text.length && count < limit; count++) {
    index += isPairAt(text, index) ? 2 : 1;
  }
  return count;
}

/** The first `limit` code points of a text. A pair of surrogates is never split. */
export function cutCodePoints(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let index = 0;
  for (let count = 0; index < text.length && count < limit; count++) {
    index += isPairAt(text, index) ? 2 : 1;
  }
  return index >= text.length ? text : text.slice(0, index);
}

/** Bytes of a text in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Size(text: string): number {
  return Buffer.byteLength(text);
}

/** Whether a text says nothing: only white space and control characters, as the service's own check sees it. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}]*$/u.test(text);
}

/** Well-formed Unicode without NUL: what the service stores without an error. */
export function toStorable(text: string): string {
  const wellFormed = (text as string & { toWellFormed(): string }).toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed;
}

/** Cuts unbroken runs of `[A-Za-z0-9._%+-]` to 500 characters each. Linear in the text, and a glance at most texts. */
export function cutLongRuns(text: string): string {
  let kept = '';
  let from = 0;
  // A run that is too long covers every position that is a multiple of the limit in it: no other is looked at.
  for (let at = longestRun; at < text.length; at += longestRun) {
    if (!isRunAt(text, at)) continue;
    let start = at;
    while (start > from && isRunAt(text, start - 1)) start--;
    let end = at + 1;
    while (end < text.length && isRunAt(text, end)) end++;
    if (end - start > longestRun) {
      kept += text.slice(from, start + longestRun);
      from = end;
    }
    at = end - (end % longestRun);
  }
  return from === 0 ? text : kept + text.slice(from);
}

/**
 * A copy that holds no more than its own characters. What `slice` and `+` make are views of the texts they come from, and
 * keep all of them in memory. The text must be well-formed.
 */
export function flatCopy(text: string): string {
  return Buffer.from(text).toString();
}

/** What the service can store of a text, cut to `limit` code points and in memory of its own. */
export function safeText(text: string, limit: number): string {
  // A code point is one or two units. What lies beyond is not looked at, however much it is.
  const near = text.length > 2 * limit ? text.slice(0, 2 * limit) : text;
  return flatCopy(cutCodePoints(cutLongRuns(toStorable(near)), limit));
}

function isSingleUnits(text: string): boolean {
  return !/[\ud800-\udbff]/.test(text);
}

function isPairAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

function isRunAt(text: string, index: number): boolean {
  return isRunUnit[text.charCodeAt(index)] === 1;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}
