import { nodeBuiltin } from './node-builtin.ts';

/** From where to where in what was found the secret itself stands; undefined: it is none after all. */
export type Span = readonly [from: number, to: number];

/**
 * Cheap signs by which most texts are known to hold nothing of a kind. What has none of them is not searched: one
 * search for everything costs 60 ns a character.
 */
export type Hint = 'assignment' | 'scheme' | 'token' | 'address' | 'number' | 'colons' | 'run';

/** Something that is looked for. */
export interface Kind {
  /** What a text must have for this to be in it at all. */
  readonly hint: Hint;
  readonly placeholder: string;
  /**
   * Every repetition is of one class or bounded, and none without a bound can begin anew behind a placeholder, in what
   * it has scanned before: else many small finds in one long run cost the square of its length.
   */
  readonly pattern: string;
  readonly spanOf?: (found: string) => Span | undefined;
}

const letter = 'A-Za-z\\u00c0-\\u024f\\u0370-\\u052f';
const anyCase = (words: string): string =>
  words.replace(/[a-z]/g, (small) => `[${small}${small.toUpperCase()}]`);

const keyword = anyCase(
  '(?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|access|auth|private)[ _-]?key)',
);
/** Also as it stands in a text within a text: JSON in JSON. */
const quote = '(?:\\\\{0,3}["\'`])?';
const assigned = `${keyword}${quote}[ \\t]{0,3}[:=]>?[ \\t]{0,3}${quote}`;
const valueUnit = '[^\\s"\'`()\\[\\]{}<>,;=:]';

const beforeNumber = '(?<![\\w+-]|[0-9][.:/])';
const afterNumber = '(?!\\w|-?[0-9])';
const gap = '[ \\u00a0./-]';
/** What stands between the groups of a card's number; pages keep them on one line by no-break spaces. */
const joint = '[ \\u00a0\\u202f-]?';

/**
 * What is looked for. Where several begin on the same character, the first in the table that is one wins. What may not
 * follow must never be where another kind begins: that one's placeholder would make room for this.
 */
export const kinds: readonly Kind[] = [
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-(?!----)[^-]*)*-----END [A-Z0-9 ]{0,60}-----',
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${assigned}(?!-----)${valueUnit}{4,}(?:[=:]${valueUnit}*){0,4}(?=[\\s"'\`)\\]}<>,;]|$)`,
    spanOf: assignedValue,
  },
  {
    hint: 'assignment',
    placeholder: '[secret]',
    pattern: `${anyCase('authorization')}["']?[ \\t]{0,3}[:=][ \\t]{0,3}["'\`]?${anyCase('(?:bearer|basic|token)')}[ \\t]{1,8}${valueUnit}{4,}={0,2}`,
    spanOf: (found) => [found.search(/\S+$/), found.length],
  },
  {
    hint: 'scheme',
    placeholder: '[secret]',
    pattern: `(?<![\\w-])${anyCase('(?:bearer|basic)')}[ \\t]{1,8}[\\w~+/.-]{8,}={0,2}`,
    spanOf: (found) =>
      /[0-9]|[a-z][A-Z]/.test(found.slice(6)) ? [found.search(/\S+$/), found.length] : undefined,
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern: '(?<![\\w-])eyJ[\\w-]{4,}\\.[\\w-]{4,}(?:\\.[\\w-]*)?',
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern:
      '(?<![\\w-])(?:engramia_sk_[\\w-]{6,}|github_pat_\\w{10,}|gh[oprsu]_\\w{16,}|gl(?:pat|rt|dt|cbt|ptt)-[\\w-]{10,}|xox[abeprs]-[\\w-]{8,}|AIza[\\w-]{20,}|GOCSPX-[\\w-]{20,}|sq0[a-z]{3}-[\\w-]{20,}|(?:sdk|mob|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
  },
  {
    hint: 'token',
    placeholder: '[secret]',
    pattern:
      '(?<![\\w-])(?:sk-[\\w-]{10,}|[prs]k_(?:live|test)_\\w{8,}|(?:hf|npm|ntn|whsec)_\\w{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}(?!\\w))',
    spanOf: when((found) => /[0-9]|[A-Za-z]{16}/.test(found)),
  },
  {
    // A password in a URL, before the address of its host is taken for one of e-mail.
    hint: 'address',
    placeholder: '[secret]',
    pattern: ':(?<=://[^\\s:@/[\\]]{0,64}:)[^\\s@/[\\]]{1,128}(?=@)',
    spanOf: (found) => [1, found.length],
  },
  {
    hint: 'address',
    placeholder: '[email]',
    pattern: `(?<![${letter}0-9._%+'-])[${letter}0-9._%+'-]{1,64}(?:@|%40(?=[${letter}0-9-]{2}))[${letter}0-9-]+(?:\\.[${letter}0-9-]+)*\\.[${letter}]{2,}`,
  },
  {
    hint: 'number',
    placeholder: '[iban]',
    pattern:
      '(?<![\\w-])[A-Z]{2}[0-9]{2}(?:[ \\u00a0]?[A-Z0-9]{4}){2,7}(?:[ \\u00a0]?[A-Z0-9]{1,3})?(?![A-Za-z0-9_])',
    spanOf: ibanIn,
  },
  {
    hint: 'colons',
    placeholder: '[ip]',
    pattern:
      '(?<![\\w:.-])(?:[0-9A-Fa-f]{1,4}|:):[0-9A-Fa-f:]{0,38}[0-9A-Fa-f](?:(?:\\.[0-9]{1,3}){3})?(?![\\w:])',
    spanOf: when(isPublicIpv6),
  },
  {
    hint: 'number',
    placeholder: '[ip]',
    pattern: '(?<![\\w.-]|[Vv]ersion )[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?!\\w|[.-][0-9]|\\.\\[)',
    spanOf: when(isForeignIpv4),
  },
  {
    hint: 'number',
    placeholder: '[card]',
    pattern: `${beforeNumber}(?:[2-6][0-9]{3}(?:${joint}[0-9]{4}){3}|3[47][0-9]{2}${joint}[0-9]{6}${joint}[0-9]{5}|3[0689][0-9]{2}${joint}[0-9]{6}${joint}[0-9]{4}|[46][0-9]{17,18})(?!\\w|-[0-9])`,
    spanOf: when(isLuhn),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}(?:\\+|00)[1-9][0-9]{0,3}(?:[ \\u00a0()./-]{0,3}[0-9]){6,13}${afterNumber}`,
    spanOf: when(
      (found) => hasDigits(found, 8) && !/^\+\d{4}-\d\d-\d\d|^\+\d+(?:[ .]000)+$/.test(found),
    ),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}(?:1${gap})?(?:\\([2-9][0-9]{2}\\)${gap}?|[2-9][0-9]{2}${gap})[2-9][0-9]{2}${gap}[0-9]{4}${afterNumber}`,
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}\\(?0[1-9](?:[ \\u00a0()./-]{0,2}[0-9]){7,10}${afterNumber}`,
    spanOf: when((found) => !/^\d\d[./-]\d\d[./-]\d{4}|^0123456789$/.test(found)),
  },
  {
    hint: 'number',
    placeholder: '[phone]',
    pattern: `${beforeNumber}1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})${afterNumber}`,
    spanOf: when((found) => !found.endsWith('000')),
  },
  {
    hint: 'run',
    placeholder: '[secret]',
    pattern:
      '(?<![\\w-])[\\w-]{32,}|(?<![\\w+/=-])(?:(?<=[\\s"\':,(])[+/])?[A-Za-z0-9][A-Za-z0-9+/]{39,}={0,2}',
    spanOf: when(isRandom),
  },
];

function when(test: (found: string) => boolean): (found: string) => Span | undefined {
  return (found) => (test(found) ? [0, found.length] : undefined);
}

const type = /^(?:string|text|number|boolean|(?:u?int|varchar|utf|base|sha|aes|[rhe]s|md)-?\d+)$/i;
const noValue =
  /^(?:required|optional|hidden|null|none|undefined|true|false|await|this|self|[$%].*)$/i;
const path = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;
const named = new RegExp(`^(?:[a-z_]*${keyword}[a-z_]*|bearer|basic)$`, 'i');

/** The value of an assignment, unless it is code: a type, another variable, a word. */
function assignedValue(found: string): Span | undefined {
  const from = /[:=]>?[ \t]*(?:\\{0,3}["'`])?/.exec(found);
  if (from === null) return undefined;
  const start = from.index + from[0].length;
  const value = found.slice(start);
  if ([type, noValue, path, named].some((code) => code.test(value))) return undefined;
  const isLiteral = /^=$|["'`]$/.test(from[0]);
  return isLiteral || isOpaque(value) ? [start, endOf(found)] : undefined;
}

/** Without the backslashes of a quote that follows. */
function endOf(found: string): number {
  let end = found.length;
  while (found[end - 1] === '\\') end -= 1;
  return end;
}

/** One class at a time: letters before a digit, looked for in one pattern, cost the square of a long value's length. */
function isOpaque(value: string): boolean {
  const isBoth = /[0-9]/.test(value) && /[A-Za-z]/.test(value);
  return isBoth || /[!@#$%^&*]|^[0-9]{6,}$/.test(value);
}

/** The shortest account number of any country: Norway's. */
const shortestIban = 15;

/**
 * The check of ISO 13616: the number, its first four characters moved to the end, leaves 1 when divided by 97. What
 * follows an IBAN may look like one more group of it, so the longest part that passes is one: asked behind every group,
 * in one walk, as a list of codes has such a find at each of its words.
 */
function ibanIn(found: string): Span | undefined {
  if (found.length < shortestIban) return undefined;
  const head = withDigits(found, 0, 4, 0);
  let remainder = 0;
  let compact = 4;
  let end: number | undefined;
  for (let at = 4; at < found.length; at += 1) {
    if (!isBlank(found[at])) {
      remainder = withDigits(found, at, at + 1, remainder);
      compact += 1;
    }
    const isGroupEnd = at + 1 === found.length || isBlank(found[at + 1]);
    // Two letters and two digits are six digits.
    if (isGroupEnd && compact >= shortestIban && (remainder * 1_000_000 + head) % 97 === 1) {
      end = at + 1;
    }
  }
  return end === undefined ? undefined : [0, end];
}

const isBlank = (unit: string | undefined): boolean => unit === ' ' || unit === '\u00a0';

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
function isLuhn(found: string): boolean {
  const digits = found.replace(/[^0-9]/g, '');
  let sum = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    const digit = Number(digits[digits.length - place]) * (place % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

function hasDigits(found: string, least: number): boolean {
  return found.replace(/[^0-9]/g, '').length >= least;
}

/** Not the machine itself; and four single digits are a version or a chapter. */
function isForeignIpv4(found: string): boolean {
  return (
    nodeBuiltin.net.isIP(found) === 4 &&
    !/^(?:127\..*|0\.0\.0\.0|255\.255\.255\.255|.{7})$/.test(found)
  );
}

/** `a::b` and `1::2` are valid too, and code. */
function isPublicIpv6(found: string): boolean {
  const isLong = found.split(':').length > 3 || /[a-f]/i.test(found);
  return nodeBuiltin.net.isIP(found) === 6 && isLong && /[0-9]/.test(found);
}

/** Hexadecimal from 32 characters on, or letters of both cases and digits from 40 on, mixed as no name in words is. */
function isRandom(found: string): boolean {
  const hex = /[0-9A-Fa-f]{32,}/.exec(found)?.[0] ?? '';
  return (/[0-9]/.test(hex) && /[A-Fa-f]/.test(hex)) || isMixed(found);
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
