/**
 * Longest unbroken run of `[A-Za-z0-9._%+-]` that is sent: 24,000 of them held the service for 22 s, and everybody
 * with it, since its time grows with the square.
 */
const longestRun = 500;

/** V8 makes a view of a slice from this length on; anything shorter is a copy already. */
const shortestView = 13;

/** From about here on the way by bytes is the faster one. */
const longestJoined = 256;

const beyondLatin1 = /[^\0-\xff]/;

const runUnits = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-');

/** Unicode code points of a text, counted no further than `limit`: a longer text costs no more than the limit. */
export function codePointLength(text: string, limit: number): number {
  // A code point is one or two units: this many units hold that many in any case.
  if (text.length >= 2 * limit) return limit;
  // In a text of one byte a character there is no pair, and it takes nothing to know that.
  if (!beyondLatin1.test(text)) return Math.min(text.length, limit);
  let count = 0;
  for (let at = 0; at < text.length && count < limit; count += 1) at += isPairAt(text, at) ? 2 : 1;
  return count;
}

/**
 * Whether a text says nothing: the service refuses one of white space only. Control characters count as such, and what only says how
 * others are drawn.
 */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text);
}

/** Bytes of a text in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/**
 * The same text in memory of its own. What `slice` and `+` make are views, and keep the texts that they were made of:
 * 0.75 MB for a slice of 8,000 characters.
 */
export function flatCopy(text: string): string {
  if (text.length < shortestView) return text;
  // Joined and read once, a short text is laid out anew; by way of bytes it would cost three times as much.
  if (text.length <= longestJoined) return ` ${text}`.slice(1);
  return copyByBytes(text);
}

/**
 * A flat copy of a name by which something is looked up again and again. What is joined and cut is a view as well, if only of
 * itself, and engines compare views ten times as slowly.
 */
export function keyCopy(name: string): string {
  return name.length < shortestView ? name : copyByBytes(name);
}

function copyByBytes(text: string): string {
  // As engines keep them, so that nothing is converted; UTF-8 would lose halves of surrogate pairs as well.
  const encoding = beyondLatin1.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

/**
 * Cuts a text that is far too long, more than four code units a code point allowed, so that nothing after it looks at
 * more than that. The first step, before redaction: `safeText` cuts exactly. What was cut is a flat copy.
 */
export function roughCut(text: string, maxCodePoints: number): string {
  const most = 4 * maxCodePoints;
  if (text.length <= most) return text;
  const end = most > 0 && isPairAt(text, most - 1) ? most - 1 : most;
  return flatCopy(text.slice(0, end));
}

/**
 * What the service can store of a text: well-formed, without NUL, unbroken runs cut to 500 characters, at most
 * `maxCodePoints` code points, in memory of its own. Applied again it changes nothing.
 */
export function safeText(text: string, maxCodePoints: number): string {
  return cutStorable(toStorable(roughCut(text, maxCodePoints)), maxCodePoints);
}

/** The same of a text that is well-formed and without NUL. */
export function cutStorable(text: string, maxCodePoints: number): string {
  return flatCopy(cutCodePoints(cutLongRuns(text), maxCodePoints));
}

/** Well-formed Unicode without NUL: what the service stores without an error. */
export function toStorable(text: string): string {
  // Well-formed first: a NUL taken out from between two halves would make a pair that nobody wrote.
  const wellFormed = text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed;
}

/** The first code points of a text; a pair of surrogates is never split. */
export function cutCodePoints(text: string, max: number): string {
  if (text.length <= max) return text;
  let at = 0;
  for (let count = 0; at < text.length && count < max; count += 1) at += isPairAt(text, at) ? 2 : 1;
  return text.slice(0, at);
}

function cutLongRuns(text: string): string {
  let kept = '';
  let from = 0;
  // A run that is too long covers one of any characters this far apart: no others are looked at.
  for (let at = longestRun; at < text.length; at += longestRun) {
    if (!isRunAt(text, at)) continue;
    let start = at;
    while (start > from && isRunAt(text, start - 1)) start -= 1;
    let end = at + 1;
    while (end < text.length && isRunAt(text, end)) end += 1;
    if (end - start > longestRun) {
      kept += text.slice(from, start + longestRun);
      from = end;
    }
    at = end;
  }
  return from === 0 ? text : kept + text.slice(from);
}

function isPairAt(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

function isRunAt(text: string, at: number): boolean {
  return runUnits[text.charCodeAt(at)] === 1;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < characters.length; at += 1) table[characters.charCodeAt(at)] = 1;
  return table;
}
