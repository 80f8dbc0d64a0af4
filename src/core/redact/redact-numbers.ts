import { nodeBuiltin } from '../node-builtin.ts';
import type { Span } from './redact-values.ts';

/** The shortest account number of any country: Norway's. */
const shortestIban = 15;

/**
 * The check of ISO 13616: the number, its first four characters moved to the end, leaves 1 when divided by 97. What
 * follows an IBAN may look like one more group of it, so the longest part that passes is one: asked behind every group,
 * in one walk, as a list of codes has such a find at each of its words.
 */
export function ibanIn(found: string): Span | undefined {
  if (found.length < shortestIban) return undefined;
  const head = withDigits(found, 0, 4, 0);
  let remainder = 0;
  let compact = 4;
  let end: number | undefined;
  for (let at = 4; at < found.length; at += 1) {
    if (!isGap(found[at])) {
      remainder = withDigits(found, at, at + 1, remainder);
      compact += 1;
    }
    const isGroupEnd = at + 1 === found.length || isGap(found[at + 1]);
    // Two letters and two digits are six digits.
    if (isGroupEnd && compact >= shortestIban && (remainder * 1_000_000 + head) % 97 === 1) {
      end = at + 1;
    }
  }
  return end === undefined ? undefined : [0, end];
}

const isGap = (unit: string | undefined): boolean =>
  unit === ' ' || unit === '\u00a0' || unit === '\u202f';

/** What is left of a number, divided by 97, when capitals (as 10 to 35) and digits are written behind it. */
function withDigits(text: string, from: number, to: number, remainder: number): number {
  let left = remainder;
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    left = (unit > 64 ? left * 100 + unit - 55 : left * 10 + unit - 48) % 97;
  }
  return left;
}

/** The check of ISO/IEC 7812, which nine of ten random numbers fail. */
export function isLuhn(found: string): boolean {
  const digits = found.replace(/[^0-9]/g, '');
  let sum = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    const digit = Number(digits[digits.length - place]) * (place % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Whether a number has as many digits, whatever stands between them. */
export function hasDigits(found: string, least: number): boolean {
  return found.replace(/[^0-9]/g, '').length >= least;
}

/** Not the machine itself; and four single digits are a version or a chapter. */
export function isForeignIpv4(found: string): boolean {
  return (
    nodeBuiltin.net.isIP(found) === 4 &&
    !/^(?:127\..*|0\.0\.0\.0|255\.255\.255\.255|.{7})$/.test(found)
  );
}

/** What follows an address may look like the dotted end of one, and be taken for something else later. */
export function ipv6In(found: string): Span | undefined {
  if (isPublicIpv6(found)) return [0, found.length];
  const dot = found.indexOf('.');
  return dot > 0 && isPublicIpv6(found.slice(0, dot)) ? [0, dot] : undefined;
}

/** `a::b` and `1::2` are valid too, and code. */
function isPublicIpv6(found: string): boolean {
  // What takes least is asked first: nearly all that looks like an address is a time of day.
  const isLong = /[a-f]/i.test(found) || found.split(':').length > 3;
  return isLong && /[0-9]/.test(found) && nodeBuiltin.net.isIP(found) === 6;
}
