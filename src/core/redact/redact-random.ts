import type { Span } from './redact-values.ts';

/** Hexadecimal from 32 characters on, or letters of both cases and digits from 40 on, mixed as no name in words is. */
export function isRandom(found: string): boolean {
  const hex = /[0-9A-Fa-f]{32,}/.exec(found)?.[0] ?? '';
  return (/[0-9]/.test(hex) && /[A-Fa-f]/.test(hex)) || isMixed(found);
}

/** What is random of word characters and the base64 that they may be the beginning of: a path may follow as well. */
export function randomIn(found: string): Span | undefined {
  const end = found.search(/[+/]/);
  const head = end < 0 ? found : found.slice(0, end);
  const rest = found.slice(head.length);
  const isBase64 = /[a-z]/.test(head) && /[A-Z]/.test(head) && !/[_-]/.test(head);
  if (isBase64 && /[0-9+=]|[a-z][A-Z]|[A-Z]{2}/.test(rest) && isMixed(found)) {
    return [0, found.length];
  }
  return isRandom(head) ? [0, head.length] : undefined;
}

/** Lower case, upper case, digit, sign. */
function classAt(text: string, at: number): 0 | 1 | 2 | 3 {
  const unit = text.charCodeAt(at);
  if (unit > 96 && unit < 123) return 0;
  if (unit > 64 && unit < 91) return 1;
  return unit > 47 && unit < 58 ? 2 : 3;
}

/**
 * Whether any 40 characters in a row hold two digits and change 16 times between small, capital and digit: random base64
 * does 23 times (deviation 3), names in words 2 a word. Any, not all: what is random must stay so whatever follows it.
 */
function isMixed(found: string): boolean {
  const digit = (at: number): number => (classAt(found, at) === 2 ? 1 : 0);
  const changes = (at: number): number => {
    const [before, after] = [classAt(found, at - 1), classAt(found, at)];
    return before === after || before === 3 || after === 3 ? 0 : 1;
  };
  let changed = 0;
  let digits = 0;
  for (let at = 0; at < found.length; at += 1) {
    digits += digit(at);
    if (at > 0) changed += changes(at);
    if (at >= 40) {
      digits -= digit(at - 40);
      changed -= changes(at - 39);
    }
    if (at >= 39 && changed >= 16 && digits > 1) return true;
  }
  return false;
}
