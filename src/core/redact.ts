import { isIP } from 'node:net';

/** Characters of words and names; what stands beside one of them is part of something longer. */
const word = 'A-Za-z0-9\\u00c0-\\u024f\\u0370-\\u052f';

interface Secret {
  readonly placeholder: string;
  /** Starts and ends on a letter or digit, or starts on a sign; every repetition is of one class, or bounded. */
  readonly pattern: string;
  /** Whether what looks like one is one. */
  readonly test?: (found: string) => boolean;
}

/**
 * What is looked for, the longest forms first: where two begin on the same character, the first in the table wins. A form
 * begins where no longer one can have begun, so that each character is tried a bounded number of times.
 */
const secrets = {
  token: {
    placeholder: '[token]',
    pattern: `(?<![\\w-])(?:[Bb]earer|[Bb]asic)[ \\t]{1,8}[\\w~+/.-]{7,}[A-Za-z0-9]|(?<![\\w-])eyJ[\\w-]{4,}\\.[\\w-]{4,}(?:\\.[\\w-]*[A-Za-z0-9])?`,
  },
  apiKey: {
    placeholder: '[api key]',
    pattern: `(?<![\\w-])(?:sk-|engramia_sk_|[srp]k_(?:live|test)_|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|AIza|hf_|npm_)[\\w-]{11,}[A-Za-z0-9]|(?<![\\w-])(?:AKIA|ASIA)[A-Z0-9]{16}`,
  },
  email: {
    placeholder: '[email]',
    pattern: `(?<![${word}._%+'-])[${word}._%+'-]{1,256}@[${word}-]+(?:\\.[${word}-]+)*\\.[${word}-]*[${word}]`,
  },
  iban: {
    placeholder: '[iban]',
    pattern: '(?<![\\w-])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?',
    test: isIban,
  },
  ipv6: {
    placeholder: '[ip]',
    pattern: '(?<![\\w:.-])(?:[0-9A-Fa-f]{1,4}|:):[0-9A-Fa-f:.]{0,40}[0-9A-Fa-f]',
    test: (found) => isIP(found) === 6,
  },
  ipv4: {
    placeholder: '[ip]',
    pattern: '(?<![\\w.-])[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?!\\.[0-9])',
    test: (found) => isIP(found) === 4,
  },
  card: {
    placeholder: '[card]',
    pattern: '(?<![\\w.-])[0-9](?:[ -]?[0-9]){12,18}',
    test: isCard,
  },
  secret: {
    placeholder: '[secret]',
    pattern: '(?<![\\w-])[\\w-]{31,}[A-Za-z0-9]',
    test: looksRandom,
  },
  phone: {
    placeholder: '[phone]',
    // Dates are set like phone numbers, and are not.
    pattern:
      '(?<![\\w.+(-])(?![0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}(?![0-9]))(?:\\+|\\(|\\+\\()?[0-9](?:[ ()./-]{0,2}[0-9]){6,14}',
    test: isPhone,
  },
} as const satisfies Record<string, Secret>;

const kinds: readonly Secret[] = Object.values(secrets);

// One pass for all: what one form leaves over must not be put together again by the next.
const anySecret = new RegExp(
  kinds.map(({ pattern }) => `((?:${pattern})(?![${word}_]))`).join('|'),
  'g',
);

/**
 * Replaces what names or opens: e-mail addresses, phone, card and account numbers, IP addresses, keys, tokens and long
 * random strings. In time linear in the text. What it leaves it would leave again.
 */
export function redactPersonalData(text: string): string {
  let kept = '';
  let rest = text;
  anySecret.lastIndex = 0;
  for (let found = anySecret.exec(rest); found !== null; found = anySecret.exec(rest)) {
    const kind = kinds[found.findIndex((group, index) => index > 0 && group !== undefined) - 1];
    if (kind === undefined || kind.test?.(found[0]) === false) {
      anySecret.lastIndex = found.index + 1;
      continue;
    }
    kept += rest.slice(0, found.index) + kind.placeholder;
    // Looked at as the reader of the result will: with nothing before it but the placeholder.
    rest = rest.slice(found.index + found[0].length);
    anySecret.lastIndex = 0;
  }
  return kept + rest;
}

function digitsOf(text: string): string {
  return text.replace(/[^0-9]/g, '');
}

/** The Luhn check, which nine of ten random numbers fail. */
function isCard(found: string): boolean {
  const digits = digitsOf(found);
  let sum = 0;
  for (let place = 1; place <= digits.length; place++) {
    const digit = Number(digits[digits.length - place]);
    const weighted = place % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The ISO 13616 check: the number, its first four characters moved to the end, leaves 1 when divided by 97. */
function isIban(found: string): boolean {
  const compact = found.replaceAll(' ', '');
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Letters and digits mixed, in stretches longer than those of a UUID or a name in words. */
function looksRandom(found: string): boolean {
  return /[0-9]/.test(found) && /[A-Za-z]/.test(found) && /[A-Za-z0-9]{16}/.test(found);
}

/** As many digits as phone numbers have: fewer when they are also set like one. */
function isPhone(found: string): boolean {
  const { length } = digitsOf(found);
  if (length > 15 || /^[+(]/.test(found)) return length <= 15;
  const isSetLikeOne = found.startsWith('0') || /[ ()./-]/.test(found);
  return isSetLikeOne ? length >= 9 : length >= 10 && length <= 12;
}
