import { givenText } from '../text/given-text.ts';
import { codePointLength, cutStorable, safeText, toStorable } from '../text/text.ts';

/** Code units of which a redaction is unlikely to leave too little: a private key takes some 3,000. */
const usualSpare = 8_192;

/** Code units that one name, number or key may take: what a cut may have left of it is not to be told from a word. */
const longestSecret = 512;

/**
 * A text as it may be sent to the service: redacted, safe, at most so many code points. Made safe before and after: a NUL in
 * the middle would hide an address from `redact`, which may itself write one.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when `redact` gives no text
 */
export function safeRedacted(
  text: string,
  maxCodePoints: number,
  redact: (text: string) => string,
): string {
  const most = 4 * maxCodePoints + longestSecret;
  const enough = maxCodePoints + usualSpare;
  if (enough < most && enough < text.length) {
    const safe = redactedFrom(cutToWords(text, enough), maxCodePoints, redact);
    if (codePointLength(safe, maxCodePoints) === maxCodePoints) return safe;
  }
  return redactedFrom(cutToWords(text, most), maxCodePoints, redact);
}

function redactedFrom(
  text: string,
  maxCodePoints: number,
  redact: (text: string) => string,
): string {
  const near = toStorable(text);
  const redacted = givenText(redact(near), 'redact');
  // Most texts hold nothing to redact: then nothing was written that is not safe.
  return redacted === near ? cutStorable(near, maxCodePoints) : safeText(redacted, maxCodePoints);
}

/** Where a text may be cut: between words; where there are no blanks, as in JSON on one line, at what no secret is made of. */
const ends = [/\s\S*$/, /[^\w+/=.%@-][\w+/=.%@-]*$/];

/**
 * What of a text has to be redacted, if no more than so many code points of it are kept: spares the redaction what will be cut
 * anyway. Lest half an address is taken for none, it is left whole or out.
 */
export const nearText = (text: string, maxCodePoints: number): string =>
  cutToWords(text, 4 * maxCodePoints + longestSecret);

function cutToWords(text: string, units: number): string {
  if (text.length <= units) return text;
  const margin = text.slice(units - longestSecret, units);
  const end = ends.map((pattern) => margin.search(pattern)).find((at) => at >= 0);
  return text.slice(0, end === undefined ? units : units - longestSecret + end);
}
